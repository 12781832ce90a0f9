package io.trunkline.jms;

import java.util.UUID;

/**
 * A receipt that is written already, and where it goes.
 *
 * @param id the receipt's, sent as {@code tl_receipt_id}; the broker takes each id once, as far
 *     back as it remembers
 * @param destination with its kind: {@code queue://x}, {@code topic://x}, {@code temp-queue://x} or
 *     {@code temp-topic://x}
 * @param status for {@code tl_status}
 * @param body JSON text
 */
public record ReceiptEnvelope(
    UUID id, String destination, String correlationId, String status, String body) {}
