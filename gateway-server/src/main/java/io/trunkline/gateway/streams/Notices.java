package io.trunkline.gateway.streams;

import com.google.protobuf.UnsafeByteOperations;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamStart;
import java.time.Instant;

/** Stored messages as frames. */
final class Notices {
  private Notices() {}

  static Frame frame(StoredMessage stored) {
    NewMessage message = stored.message();
    Notify.Builder notify =
        Notify.newBuilder()
            .setMessageId(message.id())
            .setStream(StreamNames.of(message.stream()))
            .setEpoch(stored.epoch())
            .setOffset(stored.offset())
            .setType(message.type())
            .setContentType(message.contentType())
            .setPayload(UnsafeByteOperations.unsafeWrap(message.payload()))
            .setExpect(expect(message))
            .setPublishedMs(message.publishedAt().toEpochMilli());
    if (message.stream().kind() == StreamKey.Kind.TOPIC) {
      notify.setTopic(message.stream().name());
    }
    return Frame.newBuilder().setNotify(notify).build();
  }

  /** What is stored for a user is re-sent until acknowledged, so it always asks for that. */
  private static Expect expect(NewMessage message) {
    return switch (message.expected()) {
      case NOTHING -> message.stream().kind() == StreamKey.Kind.USER ? Expect.ACK : Expect.NOTHING;
      case ACK -> Expect.ACK;
      case REPLY -> Expect.REPLY;
    };
  }

  static boolean expired(StoredMessage stored, Instant now) {
    return stored.message().expiresAt().map(end -> !end.isAfter(now)).orElse(false);
  }

  /**
   * Writes a message that was read, without a flush, if the client has room for it; a client for
   * which nothing waits has room for one that is larger than all of that. Event loop.
   */
  static boolean send(StoredMessage stored, Connection to) {
    Frame frame = frame(stored);
    boolean room = to.pendingBytes() == 0 || to.hasRoomFor(frame.getSerializedSize());
    if (!to.isOpen() || !room) {
      return false;
    }
    to.send(frame);
    return true;
  }

  /** Where a stream starts for a client. */
  static StreamStart start(String name, long epoch, long from, boolean recovered) {
    return StreamStart.newBuilder()
        .setStream(name)
        .setEpoch(epoch)
        .setStartOffset(from)
        .setRecovered(recovered)
        .build();
  }
}
