package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.ReceiptReader.Receipt;
import java.util.List;
import java.util.Set;

/** Whether receipts are true, whatever they are about. */
final class ReceiptAudit {
  private final Findings findings;

  ReceiptAudit(Findings findings) {
    this.findings = findings;
  }

  void audit(Publication publication) {
    List<Receipt> own = findings.receipts(publication);
    long duplicates = own.stream().filter(each -> each.status().equals("DUPLICATE")).count();
    int sends = publication.sends().get();
    if (duplicates >= sends) {
      findings.problem(
          publication, "%d DUPLICATE receipts after %d sends".formatted(duplicates, sends));
    }
    Set<String> possible = possible(publication);
    for (Receipt receipt : own) {
      if (!receipt.correlationId().equals("c-" + publication.id())) {
        findings.problem(publication, "receipt with a wrong correlation id: " + receipt);
      }
      if (!possible.contains(receipt.status())) {
        findings.problem(publication, "there must be no such receipt: " + receipt);
      }
      witness(publication, receipt);
    }
  }

  private void witness(Publication publication, Receipt receipt) {
    boolean delivered = receipt.status().equals("DELIVERED");
    if (!delivered && !receipt.status().equals("REPLIED")) {
      return;
    }
    String said = delivered ? "" : receipt.payload();
    List<String> answers = findings.answers(publication.id(), receipt.user());
    if (!answers.contains(said)) {
      findings.problem(
          publication,
          "the receipt says %s '%s', but the client of %s answered %s"
              .formatted(receipt.status(), said, receipt.user(), answers));
    }
  }

  private static Set<String> possible(Publication publication) {
    return switch (publication.kind()) {
      case PLAIN -> Set.of("DELIVERED", "EXPIRED", "DEAD", "DUPLICATE");
      case KEYED -> Set.of("DELIVERED", "EXPIRED", "DEAD", "CONFLATED", "DUPLICATE");
      case REPLY -> Set.of("REPLIED", "EXPIRED", "DEAD", "DUPLICATE");
      case BROADCAST, TOPIC ->
          switch (publication.wish().expect()) {
            case NONE -> Set.of("SUMMARY", "DUPLICATE");
            case ACK -> Set.of("DELIVERED", "SUMMARY", "DUPLICATE");
            case REPLY -> Set.of("REPLIED", "SUMMARY", "DUPLICATE");
          };
      case PASSING -> passing(publication);
      case QUIET -> Set.of("DELIVERED");
    };
  }

  private static Set<String> passing(Publication publication) {
    String toOne =
        switch (publication.wish().expect()) {
          case NONE -> "SENT";
          case ACK -> "DELIVERED";
          case REPLY -> "REPLIED";
        };
    String inVain = publication.to().user().isEmpty() ? "SUMMARY" : "UNKNOWN_USER";
    return Set.of(toOne, inVain, "FAILED");
  }
}
