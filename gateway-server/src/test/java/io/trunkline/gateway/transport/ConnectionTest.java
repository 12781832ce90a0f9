package io.trunkline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Pong;
import io.trunkline.protocol.v1.Response;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is sent between two flushes is put together, and what comes of it. */
class ConnectionTest {
  private static final int LARGE = 20_000;

  private final EngineHarness engine = new EngineHarness();
  private final EmbeddedClient client = engine.welcomed("alice", "d1");
  private final Connection connection = client.connection();

  @AfterEach
  void finish() {
    client.finish();
  }

  private static Frame pong(long nonce) {
    return Frame.newBuilder().setPong(Pong.newBuilder().setNonce(nonce)).build();
  }

  private static Frame response(long seq, int payloadBytes) {
    return Frame.newBuilder()
        .setResponse(
            Response.newBuilder()
                .setSeq(seq)
                .setPayload(ByteString.copyFrom(new byte[payloadBytes]))
                .setContentType("text/plain"))
        .build();
  }

  @Test
  void framesBetweenTwoFlushes_areOneWrite_inTheirOrder() {
    connection.send(pong(1));
    connection.sendResponse(2, ByteString.copyFromUtf8("two"), "text/plain");
    connection.send(pong(3));
    assertThat(client.writesWaiting()).isZero();

    connection.flush();

    assertThat(client.writesWaiting()).isEqualTo(1);
    List<Frame> frames = client.received();
    assertThat(frames).hasSize(3);
    assertThat(frames.get(0)).isEqualTo(pong(1));
    assertThat(frames.get(1).getResponse().getSeq()).isEqualTo(2);
    assertThat(frames.get(1).getResponse().getPayload().toStringUtf8()).isEqualTo("two");
    assertThat(frames.get(2)).isEqualTo(pong(3));
  }

  @Test
  void largeOnes_andReadyBytes_keepTheirPlace() {
    connection.send(pong(1));
    connection.send(response(2, LARGE));
    connection.send(pong(3));
    connection.sendResponse(4, ByteString.copyFrom(new byte[LARGE]), "text/plain");
    connection.send(pong(5));
    connection.write(
        WireFormat.TCP.encode(UnpooledByteBufAllocator.DEFAULT, pong(6)), /* messages= */ 1);
    connection.send(pong(7));
    connection.flush();

    assertThat(client.received())
        .containsExactly(
            pong(1), response(2, LARGE), pong(3), response(4, LARGE), pong(5), pong(6), pong(7));
  }

  @Test
  void many_areSeveralWrites_soThatNoBufferGrowsForEver() {
    int count = 100;
    for (int i = 0; i < count; i++) {
      connection.send(response(i, 1_000));
    }
    connection.flush();
    assertThat(client.writesWaiting()).isBetween(2, count / 2);
    assertThat(client.received()).hasSize(count);
  }

  @Test
  void bytesAndFrames_areCounted_andWaitUntilTheyAreTaken() {
    long bytes = connection.bytesOut();
    long frames = connection.messagesOut();
    long pending = connection.pendingBytes();
    int size =
        WireFormat.TCP.encode(UnpooledByteBufAllocator.DEFAULT, pong(1)).readableBytes()
            + WireFormat.TCP
                .encode(UnpooledByteBufAllocator.DEFAULT, response(2, 300))
                .readableBytes();

    connection.send(pong(1));
    connection.sendResponse(2, ByteString.copyFrom(new byte[300]), "text/plain");

    assertThat(connection.bytesOut() - bytes).isEqualTo(size);
    assertThat(connection.messagesOut() - frames).isEqualTo(2);
    assertThat(connection.pendingBytes() - pending).isEqualTo(size);
    connection.flush();
  }

  @Test
  void lastWord_comesBehindWhatWasSentBefore() {
    connection.send(pong(1));
    connection.close(CloseCode.KICKED, "out", 0);

    List<Frame> frames = client.received();
    assertThat(frames.get(0)).isEqualTo(pong(1));
    assertThat(frames.get(1).getError().getCode()).isEqualTo(CloseCode.KICKED);
  }

  @Test
  void connectionLostBeforeTheFlush_givesTheBufferBack() {
    connection.send(pong(1));
    assertThat(connection.pendingBytes()).isPositive();
    client.disconnect();
    assertThat(connection.pendingBytes()).isZero();
    connection.send(pong(2));
    connection.sendResponse(3, ByteString.EMPTY, "");
    connection.write(Unpooled.buffer().writeByte(1), /* messages= */ 1);
    connection.flush();
    assertThat(client.received()).isEmpty();
  }
}
