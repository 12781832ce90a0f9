package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Ledger.Entry;
import io.trunkline.systemtest.books.ReceiptReader.Receipt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Balances what was published against what the database, the clients and the receipts say became of
 * it. For a single use.
 */
final class Books {
  private static final int KIND_CHARS = 60;
  private static final String PENDING = "PENDING";
  private static final String EXPIRED = "EXPIRED";
  private static final String DELIVERED = "DELIVERED";
  private static final String DEAD = "DEAD";

  /**
   * Something that must not be.
   *
   * @param messageId empty where it is about no message
   */
  record Problem(String messageId, String text) {
    /** Alike are those that differ in numbers and ids only. */
    String kind() {
      String beginning = text.substring(0, Math.min(text.length(), KIND_CHARS));
      return beginning.replaceAll("[0-9]+", "").replaceAll("Shown\\[.*", "");
    }
  }

  private final Map<String, Publication> published;
  private final Map<String, List<Entry>> stored;
  private final Map<String, List<String>> outcomes;
  private final Map<String, List<Receipt>> receipts;
  private final Map<String, Receiver> receivers;
  private final Map<String, Integer> balance = new TreeMap<>();
  private final List<Problem> problems = new ArrayList<>();

  Books(
      List<Publication> published,
      List<Entry> stored,
      Map<String, List<String>> outcomes,
      Collection<Receipt> receipts,
      List<Receiver> receivers) {
    this.published = published.stream().collect(Collectors.toMap(Publication::id, each -> each));
    this.stored = stored.stream().collect(Collectors.groupingBy(Entry::messageId));
    this.outcomes = outcomes;
    this.receipts = receipts.stream().collect(Collectors.groupingBy(Receipt::messageId));
    this.receivers = receivers.stream().collect(Collectors.toMap(Receiver::user, each -> each));
  }

  /** What does not balance, none twice. */
  List<Problem> audit() {
    Map<String, Set<String>> seenBy = new HashMap<>();
    for (Receiver receiver : receivers.values()) {
      var showing = new Showing(receiver, published);
      problems.addAll(showing.problems());
      showing
          .ids()
          .forEach(id -> seenBy.computeIfAbsent(id, key -> new HashSet<>()).add(receiver.user()));
      receiver.troubles().forEach(trouble -> problems.add(new Problem("", trouble)));
    }
    for (Publication publication : published.values()) {
      Set<String> users = seenBy.getOrDefault(publication.id(), Set.of());
      if (publication.broadcast()) {
        auditBroadcast(publication, users);
      } else {
        auditForUser(publication, users.contains(publication.user()));
      }
    }
    unknown("in the database", stored.keySet());
    unknown("in a receipt", receipts.keySet());
    unknown("shown", seenBy.keySet());
    return problems;
  }

  /** How many messages for users came to which end. */
  Map<String, Integer> balance() {
    return balance;
  }

  private void unknown(String where, Set<String> ids) {
    ids.stream()
        .filter(id -> !published.containsKey(id))
        .forEach(id -> problem(id, where + ", though nobody published it"));
  }

  private void auditForUser(Publication publication, boolean seen) {
    String id = publication.id();
    List<Entry> entries = stored.getOrDefault(id, List.of());
    List<Receipt> own = receipts.getOrDefault(id, List.of());
    auditDuplicateReceipts(publication, own);
    List<String> said =
        own.stream().filter(Receipt::terminal).map(Receipt::status).sorted().toList();
    if (entries.isEmpty()) {
      problem(id, "lost: not in the database, receipts " + said + ", seen " + seen);
      return;
    }
    if (entries.size() > 1 || !entries.getFirst().user().equals(publication.user())) {
      problem(id, "stored as " + entries);
      return;
    }
    String state = entries.getFirst().state();
    count(state);
    if (!possible(publication, state)) {
      problem(id, "must not be " + state + ": " + publication);
    }
    if (state.equals(DELIVERED) && !seen) {
      problem(id, "said to be delivered, but no client ever showed it");
    }
    List<String> expected = state.equals(PENDING) ? List.of() : List.of(state);
    if (!said.equals(expected)) {
      problem(id, "is " + state + ", but the receipts say " + said);
    }
    List<String> traced = new ArrayList<>(outcomes.getOrDefault(id, List.of()));
    if (!traced.remove("STORED") || !traced.equals(expected)) {
      problem(id, "is " + state + ", but the trace says " + outcomes.get(id));
    }
  }

  private static boolean possible(Publication publication, String state) {
    boolean absent = publication.user().startsWith(Publisher.ABSENT);
    boolean deaf = publication.user().startsWith(Publisher.DEAF);
    return switch (state) {
      case PENDING -> absent && !publication.mayExpire();
      case EXPIRED -> publication.mayExpire();
      case DEAD -> deaf;
      case DELIVERED -> !absent && !deaf;
      default -> false;
    };
  }

  private void auditDuplicateReceipts(Publication publication, List<Receipt> own) {
    long duplicates = own.stream().filter(each -> each.status().equals("DUPLICATE")).count();
    if (duplicates >= publication.sends().get()) {
      problem(
          publication.id(),
          duplicates + " DUPLICATE receipts after " + publication.sends() + " sends");
    }
    own.stream()
        .filter(each -> !each.correlationId().equals("c-" + publication.id()))
        .forEach(each -> problem(publication.id(), "receipt with a wrong correlation id: " + each));
  }

  private void auditBroadcast(Publication publication, Set<String> users) {
    String id = publication.id();
    List<Receipt> own = receipts.getOrDefault(id, List.of());
    auditDuplicateReceipts(publication, own);
    if (stored.getOrDefault(id, List.of()).size() != 1) {
      problem(id, "a broadcast is stored as " + stored.get(id));
    }
    Set<String> missing = new HashSet<>(receivers.keySet());
    missing.removeAll(users);
    if (!missing.isEmpty()) {
      problem(id, "a broadcast that these never saw: " + missing);
    }
    long summaries = own.stream().filter(each -> each.status().equals("SUMMARY")).count();
    if (summaries != 1) {
      problem(id, "a broadcast with " + summaries + " summaries");
    }
    own.stream()
        .filter(Receipt::terminal)
        .collect(Collectors.groupingBy(each -> each.json().get("session").getAsString()))
        .forEach(
            (session, of) -> {
              if (of.size() > 1) {
                problem(id, "several receipts of session " + session + ": " + of);
              }
            });
  }

  private void count(String state) {
    balance.merge(state, 1, Integer::sum);
  }

  private void problem(String messageId, String text) {
    problems.add(new Problem(messageId, text));
  }
}
