package io.trunkline.console;

import io.trunkline.jms.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A receipt as the push page shows it.
 *
 * @param afterMs milliseconds from publishing to the receipt's arrival here, by this process's
 *     clock
 */
record ReceiptLine(
    String target, Receipt.Status status, String user, String device, long afterMs, String detail) {

  static ReceiptLine of(String target, Receipt receipt, Instant published, Instant now) {
    return new ReceiptLine(
        target,
        receipt.status(),
        receipt.user().orElse("–"),
        receipt.device().orElse("–"),
        Math.max(0, Duration.between(published, now).toMillis()),
        detail(receipt));
  }

  /** What a receipt says about the recipient. */
  enum Verdict {
    ACKED,
    NOT_ACKED,
    /** Nothing: no acknowledgement was asked for, or it is a summary. */
    NONE
  }

  Verdict verdict() {
    return switch (status) {
      case DELIVERED, REPLIED -> Verdict.ACKED;
      case EXPIRED, UNKNOWN_USER, UNKNOWN_SESSION, FAILED, REJECTED, DEAD, CONFLATED, DUPLICATE ->
          Verdict.NOT_ACKED;
      case SENT, SUMMARY -> Verdict.NONE;
    };
  }

  private static String detail(Receipt receipt) {
    if (receipt.counts().isEmpty()) {
      return receipt.detail();
    }
    return receipt.counts().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(count -> count.getKey() + " " + count.getValue())
        .collect(Collectors.joining(", "));
  }
}
