package io.trunkline.persistence;

import java.util.UUID;

/**
 * A receipt that is committed and must reach its publisher.
 *
 * @param status the receipt's, for the message property
 * @param body JSON text
 */
public record StoredReceipt(UUID id, ReplyAddress to, String status, String body) {}
