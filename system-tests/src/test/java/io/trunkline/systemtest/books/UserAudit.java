package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Ledger.Entry;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.ReceiptReader.Receipt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Persistent messages to a user: each comes to one end, of which everybody says the same. */
final class UserAudit {
  private static final String PENDING = "PENDING";
  private static final String CONFLATED = "CONFLATED";
  private final Findings findings;

  UserAudit(Findings findings) {
    this.findings = findings;
  }

  /** One message by itself. */
  void audit(Publication publication) {
    List<Entry> entries = findings.stored(publication);
    List<String> said =
        findings.receipts(publication).stream()
            .filter(Receipt::terminal)
            .map(Receipt::status)
            .sorted()
            .toList();
    List<String> seenBy = seenBy(publication);
    if (entries.isEmpty()) {
      findings.problem(
          publication, "lost: not in the database, receipts " + said + ", seen by " + seenBy);
      return;
    }
    Entry entry = entries.getFirst();
    if (entries.size() > 1
        || !entry.kind().equals("USER")
        || !entry.name().equals(publication.to().user())) {
      findings.problem(publication, "stored as " + entries);
      return;
    }
    String state = entry.state();
    findings.count(publication, state);
    if (!possible(publication, state)) {
      findings.problem(publication, "must not be " + state + ": " + publication);
    }
    if ((state.equals("DELIVERED") || state.equals("REPLIED"))
        && findings.answers(publication.id(), publication.to().user()).isEmpty()) {
      findings.problem(
          publication, "is " + state + ", but no client ever answered it; seen by " + seenBy);
    }
    List<String> expected = state.equals(PENDING) ? List.of() : List.of(state);
    if (!said.equals(expected)) {
      findings.problem(publication, "is " + state + ", but the receipts say " + said);
    }
    List<String> traced = new ArrayList<>(findings.trace(publication));
    if (!traced.remove("STORED") || !traced.equals(expected)) {
      findings.problem(
          publication, "is " + state + ", but the trace says " + findings.trace(publication));
    }
    place(publication, entry);
  }

  private List<String> seenBy(Publication publication) {
    return findings.showings().stream()
        .filter(each -> !each.of(publication.id()).isEmpty())
        .map(Showing::user)
        .toList();
  }

  private void place(Publication publication, Entry entry) {
    for (Showing showing : findings.addressees(publication)) {
      showing.of(publication.id()).stream()
          .filter(shown -> !shown.place().equals(entry.place()))
          .forEach(
              shown -> findings.problem(publication, "is at " + entry + ", shown as " + shown));
    }
  }

  private static boolean possible(Publication publication, String state) {
    boolean absent = publication.to().user().startsWith(Mix.ABSENT);
    boolean deaf = publication.to().user().startsWith(Mix.DEAF);
    boolean reply = publication.kind() == Kind.REPLY;
    return switch (state) {
      case PENDING -> absent && !publication.mayExpire();
      case "EXPIRED" -> publication.mayExpire();
      case "DEAD" -> deaf;
      case "DELIVERED" -> !absent && !deaf && !reply;
      case "REPLIED" -> !absent && !deaf && reply;
      case CONFLATED -> publication.kind() == Kind.KEYED;
      default -> false;
    };
  }

  /** A key of a user. */
  private record Key(String user, String key) {}

  /** A message and its only row. */
  private record Stored(Publication publication, Entry entry) {
    boolean isConflated() {
      return entry.state().equals(CONFLATED);
    }

    @Override
    public String toString() {
      return publication.id() + "@" + entry.offset() + "=" + entry.state();
    }
  }

  /** What took the place of others is there: of each key the newest was not conflated. */
  void auditKeys() {
    Map<Key, List<Stored>> byKey =
        findings.published(Kind.KEYED).stream()
            .filter(each -> findings.stored(each).size() == 1)
            .map(each -> new Stored(each, findings.stored(each).getFirst()))
            .collect(
                Collectors.groupingBy(
                    each ->
                        new Key(each.publication().to().user(), each.publication().wish().key())));
    byKey.forEach(
        (key, all) -> {
          newest(key, all, Comparator.comparingLong(each -> each.entry().offset()));
          if (all.getFirst().publication().grouped()) {
            newest(key, all, Comparator.comparingInt(each -> each.publication().number()));
          }
        });
  }

  private void newest(Key key, List<Stored> all, Comparator<Stored> order) {
    List<Stored> inOrder = all.stream().sorted(order).toList();
    Stored newest = inOrder.getLast();
    if (newest.isConflated()) {
      var ends = new TreeMap<String, Integer>();
      all.forEach(each -> ends.merge(each.entry().state(), 1, Integer::sum));
      findings.problem(
          newest.publication(),
          "is CONFLATED, though it is the newest of %s: %s; the last were %s"
              .formatted(
                  key, ends, inOrder.subList(Math.max(0, inOrder.size() - 5), inOrder.size())));
    }
  }
}
