package io.trunkline.jms;

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
 * @param persistent as it was published
 * @param replyAddress where receipts go, with its kind: {@code queue://x}, {@code topic://x},
 *     {@code temp-queue://x} or {@code temp-topic://x}
 * @param routed it came with {@code tl_node}: a node has already resolved where it goes
 * @param jmsMessageId of the publication: the same when the broker delivers it again or a node has
 *     passed it on, another one when the publisher sends it again
 * @param stamp of a stored message that a node has passed on
 * @param redelivered the broker has given it to a node before, which may not have taken notice
 * @param group {@code JMSXGroupID}: messages of one group keep their order
 * @param trail of a copy that a node has passed on to this one
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
    Optional<String> replyAddress,
    Optional<String> correlationId,
    boolean routed,
    String jmsMessageId,
    Optional<Stamp> stamp,
    boolean redelivered,
    Optional<String> group,
    Trail trail) {}
