package io.trunkline.persistence;

/**
 * Where receipts go.
 *
 * @param destination with its kind, as {@code queue://…}, {@code temp-queue://…}, {@code topic://…}
 */
public record ReplyAddress(String destination, String correlationId) {}
