package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Books.Evidence;
import io.trunkline.systemtest.books.Books.Problem;
import io.trunkline.systemtest.books.Ledger.Entry;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.ReceiptReader.Receipt;
import io.trunkline.systemtest.books.Sight.Shown;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The evidence by message, and what is found out with it. */
final class Findings {
  private final Map<String, Publication> published;
  private final Map<String, List<Entry>> stored;
  private final Map<String, List<String>> traces;
  private final Map<String, List<Receipt>> receipts;
  private final Map<String, Showing> showings;
  private final Map<Kind, Map<String, Integer>> balance = new EnumMap<>(Kind.class);
  private final Map<Kind, Map<String, Integer>> copies = new EnumMap<>(Kind.class);
  private final List<Problem> problems = new ArrayList<>();

  Findings(List<Publication> published, Evidence evidence, List<Testimony> testimonies) {
    this.published =
        published.stream().collect(Collectors.toMap(Publication::id, Function.identity()));
    this.stored = evidence.stored().stream().collect(Collectors.groupingBy(Entry::messageId));
    this.traces = evidence.outcomes();
    this.receipts = evidence.receipts().stream().collect(Collectors.groupingBy(Receipt::messageId));
    this.showings =
        testimonies.stream()
            .map(testimony -> new Showing(testimony, this.published))
            .collect(Collectors.toMap(Showing::user, Function.identity()));
  }

  Map<String, Publication> published() {
    return published;
  }

  List<Publication> published(Kind kind) {
    return published.values().stream().filter(each -> each.kind() == kind).toList();
  }

  Map<String, List<Entry>> stored() {
    return stored;
  }

  List<Entry> stored(Publication publication) {
    return stored.getOrDefault(publication.id(), List.of());
  }

  List<String> trace(Publication publication) {
    return traces.getOrDefault(publication.id(), List.of());
  }

  Map<String, List<Receipt>> receipts() {
    return receipts;
  }

  List<Receipt> receipts(Publication publication) {
    return receipts.getOrDefault(publication.id(), List.of());
  }

  Collection<Showing> showings() {
    return showings.values();
  }

  /** Those whom it is for. */
  List<Showing> addressees(Publication publication) {
    return showings.values().stream().filter(each -> each.isFor(publication)).toList();
  }

  /** How a user's program answered a message: empty texts are acknowledgements. */
  List<String> answers(String messageId, String user) {
    Showing showing = showings.get(user);
    return showing == null
        ? List.of()
        : showing.of(messageId).stream()
            .map(Shown::taking)
            .map(Sight.Taking::answer)
            .filter(Objects::nonNull)
            .toList();
  }

  /** A message came to this end. */
  void count(Publication publication, String end) {
    balance
        .computeIfAbsent(publication.kind(), kind -> new TreeMap<>())
        .merge(end, 1, Integer::sum);
  }

  /** A copy of a message, or a receipt about it, came to this end. */
  void countCopy(Publication publication, String end) {
    copies.computeIfAbsent(publication.kind(), kind -> new TreeMap<>()).merge(end, 1, Integer::sum);
  }

  Map<String, Integer> balance(Kind kind) {
    return balance.getOrDefault(kind, Map.of());
  }

  Map<String, Integer> copies(Kind kind) {
    return copies.getOrDefault(kind, Map.of());
  }

  void problem(Publication publication, String text) {
    problems.add(new Problem(publication.id(), text));
  }

  void problem(String messageId, String text) {
    problems.add(new Problem(messageId, text));
  }

  void problems(List<Problem> more) {
    problems.addAll(more);
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }
}
