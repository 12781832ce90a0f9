package io.trunkline.persistence;

/**
 * What a session moved, seen from the gateway.
 *
 * @param bytesIn bytes read from the client's connection
 * @param bytesOut bytes given to the connection
 * @param messagesIn frames from the client
 * @param messagesOut frames to the client
 */
public record Traffic(long bytesIn, long bytesOut, long messagesIn, long messagesOut) {

  public Traffic plus(Traffic other) {
    return new Traffic(
        bytesIn + other.bytesIn,
        bytesOut + other.bytesOut,
        messagesIn + other.messagesIn,
        messagesOut + other.messagesOut);
  }
}
