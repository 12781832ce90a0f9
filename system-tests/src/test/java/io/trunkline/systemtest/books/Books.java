package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Ledger.Entry;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.ReceiptReader.Receipt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Balances what was published against what the database, the clients and the receipts say became of
 * it; each kind of message by an equation of its own. For a single use.
 */
final class Books {
  private static final int KIND_CHARS = 60;

  private final Findings findings;
  private final Evidence evidence;

  /**
   * Something that must not be.
   *
   * @param messageId empty where it is about no message
   */
  record Problem(String messageId, String text) {
    /** Alike are those that differ in numbers and ids only. */
    String kind() {
      String beginning = text.substring(0, Math.min(text.length(), KIND_CHARS));
      return beginning.replaceAll("[0-9]+", "").replaceAll("(Shown|Place|Entry)\\[.*", "");
    }
  }

  /**
   * What is known besides what the clients say.
   *
   * @param outcomes steps of the traces
   * @param passing ids of passing messages that are in the database
   * @param givenUp up to which offset streams for many were given up
   */
  record Evidence(
      List<Entry> stored,
      Map<String, List<String>> outcomes,
      Collection<Receipt> receipts,
      Set<String> passing,
      Map<String, Long> givenUp) {}

  Books(List<Publication> published, Evidence evidence, List<Testimony> testimonies) {
    this.findings = new Findings(published, evidence, testimonies);
    this.evidence = evidence;
    testimonies.forEach(
        testimony ->
            testimony
                .troubles()
                .forEach(trouble -> findings.problem(/* messageId= */ "", trouble)));
  }

  /** What does not balance, none twice. */
  List<Problem> audit() {
    var receipts = new ReceiptAudit(findings);
    var users = new UserAudit(findings);
    var many = new ManyAudit(findings);
    var passing = new PassingAudit(findings, evidence.passing());
    for (Showing showing : findings.showings()) {
      findings.problems(showing.problems());
      unknown("shown to " + showing.user(), showing.ids());
    }
    for (Publication publication : findings.published().values()) {
      receipts.audit(publication);
      switch (publication.kind()) {
        case PLAIN, KEYED, REPLY -> users.audit(publication);
        case BROADCAST, TOPIC -> many.audit(publication);
        case PASSING, QUIET -> passing.audit(publication);
      }
    }
    users.auditKeys();
    many.auditGaps(evidence.givenUp());
    unknown("in the database", findings.stored().keySet());
    unknown("in a receipt", findings.receipts().keySet());
    for (Kind kind : Kind.values()) {
      balance(kind);
    }
    return findings.problems();
  }

  private void balance(Kind kind) {
    int ends = sum(findings.balance(kind));
    int published = findings.published(kind).size();
    if (ends != published) {
      findings.problem(
          "",
          "of %s, %d were published, but %d came to an end: %s"
              .formatted(kind, published, ends, findings.balance(kind)));
    }
    if (kind == Kind.BROADCAST || kind == Kind.TOPIC) {
      int meant =
          findings.published(kind).stream()
              .mapToInt(each -> findings.addressees(each).size())
              .sum();
      int copies = sum(findings.copies(kind));
      if (copies != meant) {
        findings.problem(
            "",
            "of %s, %d copies were meant, but there are %d: %s"
                .formatted(kind, meant, copies, findings.copies(kind)));
      }
    }
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How many of this kind came to which end; after the audit. */
  Map<String, Integer> ends(Kind kind) {
    return findings.balance(kind);
  }

  /** How many copies, or of passing messages how many receipts, of which kind there are. */
  Map<String, Integer> copies(Kind kind) {
    return findings.copies(kind);
  }

  /** The equations, one a line; after the audit. */
  List<String> equations() {
    List<String> lines = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      String line = "%9s: %d = %s".formatted(kind, findings.published(kind).size(), ends(kind));
      lines.add(
          switch (kind) {
            case PLAIN, KEYED, REPLY -> line;
            case BROADCAST, TOPIC -> line + ", copies " + copies(kind);
            case PASSING, QUIET -> line + ", receipts " + copies(kind);
          });
    }
    return lines;
  }

  private void unknown(String where, Set<String> ids) {
    ids.stream()
        .filter(id -> !findings.published().containsKey(id))
        .forEach(id -> findings.problem(id, where + ", though nobody published it"));
  }
}
