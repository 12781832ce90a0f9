package io.trunkline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Messages for everyone, put together per wire format: small ones are copied into one buffer, once
 * for all connections, so that a connection has one write for many messages; a large one goes as it
 * is.
 */
final class Batches implements AutoCloseable {
  /** About what one write to a socket takes; more in one buffer saves nothing. */
  private static final int MAX_BATCH_BYTES = 64 << 10;

  private final ByteBufAllocator allocator;
  private final List<Outbound> run;
  private final Map<WireFormat, List<Batch>> byFormat = new EnumMap<>(WireFormat.class);

  /** Messages that go in one write. */
  static final class Batch {
    private final ByteBuf bytes;
    private final List<Outbound> messages;
    private final List<Outbound> tracked;
    private int connections;

    Batch(ByteBuf bytes, List<Outbound> messages) {
      this.bytes = bytes;
      this.messages = messages;
      this.tracked = messages.stream().filter(Outbound::tracked).toList();
    }

    ByteBuf bytes() {
      return bytes;
    }

    List<Outbound> messages() {
      return messages;
    }

    /** Tells those that want to know of each connection; the others are told at the end. */
    void written(Connection connection) {
      connections++;
      for (Outbound outbound : tracked) {
        outbound.written(connection);
      }
    }

    private void tellTheOthers() {
      if (connections > 0 && tracked.size() < messages.size()) {
        for (Outbound outbound : messages) {
          if (!outbound.tracked()) {
            outbound.writtenTogether(connections);
          }
        }
      }
    }
  }

  Batches(ByteBufAllocator allocator, List<Outbound> run) {
    this.allocator = allocator;
    this.run = run;
  }

  List<Batch> of(WireFormat format) {
    return byFormat.computeIfAbsent(format, this::build);
  }

  private List<Batch> build(WireFormat format) {
    List<Batch> batches = new ArrayList<>();
    int from = 0;
    while (from < run.size()) {
      int to = from;
      int bytes = 0;
      do {
        bytes += run.get(to).frame().bytes(format).readableBytes();
        to++;
      } while (to < run.size()
          && bytes + run.get(to).frame().bytes(format).readableBytes() <= MAX_BATCH_BYTES);
      List<Outbound> messages = run.subList(from, to);
      batches.add(new Batch(join(format, messages, bytes), messages));
      from = to;
    }
    return batches;
  }

  private ByteBuf join(WireFormat format, List<Outbound> messages, int bytes) {
    if (messages.size() == 1) {
      return messages.getFirst().frame().bytes(format).retain();
    }
    ByteBuf joined = allocator.ioBuffer(bytes, bytes);
    for (Outbound message : messages) {
      ByteBuf one = message.frame().bytes(format);
      joined.writeBytes(one, one.readerIndex(), one.readableBytes());
    }
    return joined;
  }

  /** All connections have been dealt with. */
  @Override
  public void close() {
    for (List<Batch> batches : byFormat.values()) {
      batches.forEach(Batch::tellTheOthers);
      batches.forEach(batch -> batch.bytes().release());
    }
  }
}
