package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.ReceiptReader.Receipt;
import java.util.List;
import java.util.Set;

/** What is not stored: it may be lost, but leaves nothing behind and is not said to be there. */
final class PassingAudit {
  private final Findings findings;
  private final Set<String> inDatabase;

  /**
   * @param inDatabase ids of passing messages of which anything was found there
   */
  PassingAudit(Findings findings, Set<String> inDatabase) {
    this.findings = findings;
    this.inDatabase = inDatabase;
  }

  /** That it is shown once, and its receipts are true, is looked at elsewhere. */
  void audit(Publication publication) {
    if (inDatabase.contains(publication.id())
        || !findings.stored(publication).isEmpty()
        || !findings.trace(publication).isEmpty()) {
      findings.problem(
          publication,
          "is not persistent, but in the database: %s, traced as %s"
              .formatted(findings.stored(publication), findings.trace(publication)));
    }
    long copies =
        findings.addressees(publication).stream()
            .filter(each -> !each.of(publication.id()).isEmpty())
            .count();
    findings.count(publication, copies > 0 ? "SHOWN" : "LOST");
    if (publication.kind() == Kind.QUIET) {
      quiet(publication, copies);
    }
    findings.receipts(publication).stream()
        .map(Receipt::status)
        .forEach(status -> findings.countCopy(publication, status));
  }

  private void quiet(Publication publication, long copies) {
    List<Receipt> receipts = findings.receipts(publication);
    if (copies != 1 || receipts.size() != 1) {
      findings.problem(
          publication,
          "was lost though nothing was killed: %d of %s saw it, receipts %s"
              .formatted(copies, publication.to(), receipts));
    }
  }
}
