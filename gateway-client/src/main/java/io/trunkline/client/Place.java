package io.trunkline.client;

import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Notify;
import org.jspecify.annotations.Nullable;

/** Where a stored message stands. */
record Place(String stream, long epoch, long offset) {

  /** Null: the message is not stored. */
  static @Nullable Place of(Notify message) {
    return message.getStream().isEmpty()
        ? null
        : new Place(message.getStream(), message.getEpoch(), message.getOffset());
  }

  Ack.Builder acknowledge(String id) {
    return Ack.newBuilder().setMessageId(id).setStream(stream).setEpoch(epoch).setOffset(offset);
  }
}
