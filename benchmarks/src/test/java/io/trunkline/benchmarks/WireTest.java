package io.trunkline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.protocol.FrameCodec;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The short cuts of the load generator, against the protocol's own codec. */
class WireTest {
  private final List<Frame> read = new ArrayList<>();
  private final List<Integer> seqs = new ArrayList<>();
  private final List<Frame> acks = new ArrayList<>();

  /** Reads, as the load generator does, what comes in pieces of so many bytes. */
  private void receive(ByteBuf bytes, int pieceBytes) {
    var channel =
        new EmbeddedChannel(
            new FrameReader() {
              @Override
              void frame(ChannelHandlerContext context, ByteBuf in, int start, int length) {
                read.add(FrameCodec.decode(in.slice(start, length), length));
                if (in.getUnsignedByte(start) == Wire.NOTIFY) {
                  ByteBuf ack = Wire.ack(context.alloc(), in, start);
                  acks.add(FrameCodec.decode(ack, ack.readByte()));
                  ack.release();
                } else {
                  seqs.add(Wire.seqOfEcho(in, start));
                }
              }
            });
    while (bytes.isReadable()) {
      channel.writeInbound(bytes.readRetainedSlice(Math.min(pieceBytes, bytes.readableBytes())));
    }
    bytes.release();
    channel.finish();
  }

  private static ByteBuf response(int seq, Status status, int payloadBytes) {
    return FrameCodec.encodeDelimited(
        UnpooledByteBufAllocator.DEFAULT,
        Frame.newBuilder()
            .setResponse(
                Response.newBuilder()
                    .setSeq(seq)
                    .setStatus(status)
                    .setPayload(ByteString.copyFrom(new byte[payloadBytes])))
            .build());
  }

  @Test
  void frames_inPiecesOfAnySize_areFoundWhole() {
    for (int pieceBytes : List.of(1, 7, 1_000)) {
      read.clear();

      ByteBuf two = Wire.echoRequest(1, 200);
      ByteBuf second = Wire.echoRequest(2, 0);
      ByteBuf joined = UnpooledByteBufAllocator.DEFAULT.buffer().writeBytes(two).writeBytes(second);
      two.release();
      second.release();
      receive(joined, pieceBytes);

      assertThat(read).extracting(frame -> frame.getRequest().getSeq()).containsExactly(1L, 2L);
      assertThat(read.getFirst().getRequest().getPayload().size()).isEqualTo(200);
    }
  }

  @Test
  void seqOfEcho_ofAnAnswer_isItsSeq() {
    receive(response(31, Status.OK, 5), 100);
    receive(response(32, Status.OK, 300), 1_000);

    assertThat(seqs).containsExactly(31, 32);
  }

  @Test
  void seqOfEcho_ofARequestThatCameBack_isItsSeq() {
    receive(Wire.echoRequest(17, 128), 1_000);

    assertThat(seqs).containsExactly(17);
  }

  @Test
  void seqOfEcho_ofAFailedCall_isZero() {
    receive(response(5, Status.BUSY, 5), 100);

    assertThat(seqs).containsExactly(0);
  }

  @Test
  void ack_namesTheNotification() {
    receive(Wire.notification(), 1_000);

    assertThat(acks).hasSize(1);
    assertThat(acks.getFirst().getAck().getMessageId())
        .isEqualTo(read.getFirst().getNotify().getMessageId())
        .isNotEmpty();
  }
}
