package io.trunkline.jms;

import jakarta.jms.Destination;
import java.time.Instant;
import java.util.Optional;

/**
 * A message of {@code trunkline.downlink}, understood.
 *
 * @param id {@code tl_id}, else the JMS message id
 * @param contentType {@code tl_content_type}, else {@code text/plain; charset=utf-8} or {@code
 *     application/octet-stream} by the kind of body
 * @param payload not to be changed
 * @param priority 0 to 9, 9 the most urgent
 * @param routed it came with {@code tl_node}: a node has already resolved where it goes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy per message would cost
public record DownlinkMessage(
    String id,
    Target target,
    Expect expect,
    String type,
    String contentType,
    byte[] payload,
    Optional<String> key,
    boolean persistent,
    int priority,
    Instant publishedAt,
    Optional<Instant> expiresAt,
    Optional<Destination> replyTo,
    Optional<String> correlationId,
    boolean routed) {}
