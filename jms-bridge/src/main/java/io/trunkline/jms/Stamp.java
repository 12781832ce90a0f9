package io.trunkline.jms;

/**
 * The place in its stream of a message that a node has stored and passed on.
 *
 * @param epoch the stream's
 * @param offset the message's within the stream
 */
public record Stamp(long epoch, long offset) {}
