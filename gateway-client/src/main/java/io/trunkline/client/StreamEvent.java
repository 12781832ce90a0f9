package io.trunkline.client;

import io.trunkline.protocol.v1.StreamStart;

/**
 * Where a stream goes on for this client: after Welcome, after a subscription, or in mid-connection
 * when the client was too slow for what the gateway keeps.
 *
 * @param stream {@code user}, {@code broadcast} or {@code topic:<name>}
 * @param epoch another one than before: the stream's history was reset
 * @param fromOffset the next message has a greater one
 * @param recovered true: nothing is missing. False: messages are gone; ask the back end for the
 *     present state
 */
public record StreamEvent(String stream, long epoch, long fromOffset, boolean recovered) {

  static StreamEvent of(StreamStart start) {
    return new StreamEvent(
        start.getStream(), start.getEpoch(), start.getStartOffset(), start.getRecovered());
  }
}
