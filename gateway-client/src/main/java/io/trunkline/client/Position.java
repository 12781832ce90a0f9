package io.trunkline.client;

import io.trunkline.protocol.v1.StreamPosition;

/**
 * How far a client has come in a stream: the application has taken over everything up to here that
 * the client was sent.
 *
 * @param stream {@code user}, {@code broadcast} or {@code topic:<name>}
 * @param epoch the stream's; another one means that its history was reset. Unsigned
 * @param offset from 0; unsigned on the wire, but never over {@link Long#MAX_VALUE}
 */
public record Position(String stream, long epoch, long offset) {
  public Position {
    if (stream.isEmpty() || offset < 0) {
      throw new IllegalArgumentException("no position: offset " + offset + " of '" + stream + "'");
    }
  }

  StreamPosition onTheWire() {
    return StreamPosition.newBuilder().setStream(stream).setEpoch(epoch).setOffset(offset).build();
  }
}
