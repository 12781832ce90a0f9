package io.trunkline.persistence;

import java.time.Instant;
import java.util.Optional;

/**
 * A message to be stored.
 *
 * @param id the publisher's, by which it is de-duplicated within its stream
 * @param publication tells a publisher's second message of the same id from the broker's redelivery
 *     of the first: the JMS message id
 * @param key for conflation
 * @param replyTo where receipts go, if somebody wants them
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record NewMessage(
    StreamKey stream,
    String id,
    String publication,
    Recipients recipients,
    Expected expected,
    String type,
    String contentType,
    byte[] payload,
    Optional<String> key,
    int priority,
    Instant publishedAt,
    Optional<Instant> expiresAt,
    Optional<ReplyAddress> replyTo) {}
