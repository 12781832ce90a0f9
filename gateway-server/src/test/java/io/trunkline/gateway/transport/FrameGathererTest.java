package io.trunkline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Pong;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two connections of one lane take turns in it. */
class FrameGathererTest {
  private final Lane lane =
      new Lane(new EmbeddedChannel().eventLoop(), UnpooledByteBufAllocator.DEFAULT);
  private final Client one = new Client();
  private final Client other = new Client();

  private final class Client {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Connection connection;

    Client() {
      channel.pipeline().addLast("wire", new ChannelInboundHandlerAdapter());
      connection = new Connection(channel, lane, new Connection.Deadlines(250, 4, 10, 6, 2), 4_096);
      connection.speaks(WireFormat.TCP, channel.pipeline().context("wire"));
    }

    void say(long nonce) {
      connection.send(pong(nonce));
    }

    List<Frame> received() throws IOException {
      connection.flush();
      var bytes = new ByteArrayOutputStream();
      for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
        out.readBytes(bytes, out.readableBytes());
        out.release();
      }
      var in = new ByteArrayInputStream(bytes.toByteArray());
      List<Frame> frames = new ArrayList<>();
      for (Frame f = Frame.parseDelimitedFrom(in); f != null; f = Frame.parseDelimitedFrom(in)) {
        frames.add(f);
      }
      return frames;
    }
  }

  @AfterEach
  void finish() {
    one.channel.finishAndReleaseAll();
    other.channel.finishAndReleaseAll();
  }

  private static Frame pong(long nonce) {
    return Frame.newBuilder().setPong(Pong.newBuilder().setNonce(nonce)).build();
  }

  @Test
  void takingTurns_eachGetsItsOwn_inTheirOrder() throws IOException {
    one.say(1);
    other.say(10);
    one.say(2);
    one.connection.sendResponse(3, ByteString.copyFromUtf8("three"), "text/plain");
    other.say(20);

    List<Frame> toOne = one.received();
    assertThat(toOne.subList(0, 2)).containsExactly(pong(1), pong(2));
    assertThat(toOne.get(2).getResponse().getPayload().toStringUtf8()).isEqualTo("three");
    assertThat(other.received()).containsExactly(pong(10), pong(20));
  }

  @Test
  void bytesThatWait_areTheConnectionsOwn() throws IOException {
    one.say(1);
    long bytes = one.connection.pendingBytes();
    assertThat(bytes).isPositive();
    assertThat(other.connection.pendingBytes()).isZero();
    other.say(2);
    assertThat(one.connection.pendingBytes()).isGreaterThanOrEqualTo(bytes);
    assertThat(one.received()).hasSize(1);
    assertThat(other.received()).hasSize(1);
  }

  @Test
  void endOfOne_takesNothingOfTheOther() throws IOException {
    one.say(1);
    other.connection.closed();
    assertThat(one.received()).containsExactly(pong(1));
    one.say(2);
    one.connection.closed();
    assertThat(one.connection.pendingBytes()).isZero();
    assertThat(one.received()).isEmpty();
  }

  @Test
  void frameThatFillsTheArray_isGathered_aLargerOneGoesAlone() throws IOException {
    for (int bytes = FrameGatherer.CAPACITY - 80; bytes < FrameGatherer.CAPACITY + 10; bytes++) {
      one.say(1);
      one.connection.sendResponse(2, ByteString.copyFrom(new byte[bytes]), "");
      one.say(3);
      List<Frame> frames = one.received();
      assertThat(frames).hasSize(3).startsWith(pong(1)).endsWith(pong(3));
      assertThat(frames.get(1).getResponse().getPayload().size()).isEqualTo(bytes);
    }
  }
}
