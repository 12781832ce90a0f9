package io.trunkline.gateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import io.trunkline.protocol.v1.Frame;
import java.util.EnumMap;
import java.util.Map;

/**
 * A frame for any number of connections, encoded once per wire format, when the first connection of
 * that format comes. Shared by event loops; reference-counted, and with it the bytes.
 */
public final class EncodedFrame extends AbstractReferenceCounted {
  private final ByteBufAllocator allocator;
  private final Frame frame;
  private final Map<WireFormat, ByteBuf> encoded = new EnumMap<>(WireFormat.class);

  public EncodedFrame(ByteBufAllocator allocator, Frame frame) {
    this.allocator = allocator;
    this.frame = frame;
  }

  /** Encoded size on a TCP connection, about; bytes. */
  public int weightBytes() {
    return frame.getSerializedSize();
  }

  /** The bytes in this format, still owned by this frame: retain or copy to keep them. */
  synchronized ByteBuf bytes(WireFormat format) {
    return encoded.computeIfAbsent(format, wanted -> wanted.encode(allocator, frame));
  }

  @Override
  protected void deallocate() {
    encoded.values().forEach(ByteBuf::release);
  }

  @Override
  public EncodedFrame retain(int increment) {
    super.retain(increment);
    return this;
  }

  @Override
  public ReferenceCounted touch(Object hint) {
    return this;
  }
}
