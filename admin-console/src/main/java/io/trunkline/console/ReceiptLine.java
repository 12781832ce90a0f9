package io.trunkline.console;

import io.trunkline.jms.Receipt;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A receipt as the push page shows it.
 *
 * @param afterMs milliseconds from publishing to the receipt's arrival here, by this process's
 *     clock
 * @param traced the message's id, if it has a trace to look at
 */
record ReceiptLine(
    String target,
    Receipt.Status status,
    String user,
    String device,
    long afterMs,
    String detail,
    Optional<String> traced) {
  private static final int MAX_REPLY = 200;
  private static final List<String> COUNTS =
      List.of("matched", "sent", "acked", "failed", "offline");

  static ReceiptLine of(Pushed pushed, Receipt receipt, Instant now) {
    boolean isForOne = receipt.counts().isEmpty();
    return new ReceiptLine(
        pushed.target(),
        receipt.status(),
        receipt.user().orElse(isForOne ? "–" : "all"),
        receipt.device().orElse("–"),
        Math.max(0, Duration.between(pushed.at(), now).toMillis()),
        isForOne ? detail(receipt) : counts(receipt.counts()),
        Optional.of(receipt.messageId()).filter(id -> pushed.stored() && !id.isEmpty()));
  }

  /** What a receipt says about the recipient. */
  enum Verdict {
    ACKED,
    NOT_ACKED,
    /** Nothing: no acknowledgement was asked for, or it is not about one recipient. */
    NONE
  }

  Verdict verdict() {
    return switch (status) {
      case DELIVERED, REPLIED -> Verdict.ACKED;
      case EXPIRED, UNKNOWN_USER, UNKNOWN_SESSION, FAILED, REJECTED, DEAD -> Verdict.NOT_ACKED;
      case SENT, SUMMARY, CONFLATED, DUPLICATE -> Verdict.NONE;
    };
  }

  /** How it is coloured. */
  String tone() {
    return switch (status) {
      case DELIVERED, REPLIED -> "good";
      case EXPIRED, UNKNOWN_USER, UNKNOWN_SESSION, FAILED, REJECTED, DEAD -> "bad";
      case CONFLATED, DUPLICATE -> "warn";
      case SENT, SUMMARY -> "plain";
    };
  }

  String statusWords() {
    return status.name().replace('_', ' ').toLowerCase(Locale.ROOT);
  }

  private static String detail(Receipt receipt) {
    return receipt
        .payload()
        .map(payload -> reply(payload, receipt.contentType().orElse("")))
        .orElseGet(() -> receipt.detail().isEmpty() ? means(receipt.status()) : receipt.detail());
  }

  /** Where the status alone says too little. */
  private static String means(Receipt.Status status) {
    return switch (status) {
      case DEAD -> "given up; it is among the dead letters";
      case CONFLATED -> "a newer message of its key took its place";
      case DUPLICATE -> "stored before under this id, and not again";
      case SENT -> "no acknowledgement was asked for";
      case DELIVERED, REPLIED, EXPIRED, UNKNOWN_USER, UNKNOWN_SESSION, FAILED, REJECTED, SUMMARY ->
          "";
    };
  }

  private static String reply(byte[] payload, String contentType) {
    return contentType.startsWith("text/") || contentType.contains("json")
        ? Texts.shortened(new String(payload, StandardCharsets.UTF_8), MAX_REPLY)
        : Texts.count(payload.length) + " bytes" + (contentType.isEmpty() ? "" : " " + contentType);
  }

  /** In the order in which a message goes its way. */
  private static String counts(Map<String, Long> counts) {
    Comparator<String> order =
        Comparator.<String>comparingInt(
                name -> COUNTS.contains(name) ? COUNTS.indexOf(name) : COUNTS.size())
            .thenComparing(Comparator.naturalOrder());
    return counts.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(order))
        .map(count -> count.getKey() + " " + Texts.count(count.getValue()))
        .collect(Collectors.joining(", "));
  }
}
