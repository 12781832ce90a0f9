package io.trunkline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What waits for a slow client; the harness lets 4,096 bytes wait. */
class BacklogTest {
  private static final int QUARTER = 1_000;

  private final EngineHarness engine = new EngineHarness();
  private final EmbeddedClient client = engine.welcomed("alice", "d1");
  private final List<String> told = new ArrayList<>();
  private final List<Message> all = new ArrayList<>();

  private final class Message implements Outbound {
    private final EncodedFrame frame;
    private final String id;
    private final @Nullable String key;

    Message(String id, int payloadBytes, @Nullable String key) {
      this.id = id;
      this.key = key;
      this.frame =
          new EncodedFrame(
              UnpooledByteBufAllocator.DEFAULT,
              Frame.newBuilder()
                  .setNotify(
                      Notify.newBuilder()
                          .setMessageId(id)
                          .setPayload(ByteString.copyFrom(new byte[payloadBytes])))
                  .build());
      all.add(this);
    }

    @Override
    public EncodedFrame frame() {
      return frame;
    }

    @Override
    public boolean forAll() {
      return false;
    }

    @Override
    public List<Connection> recipients(Lane lane) {
      return List.of(client.connection());
    }

    @Override
    public @Nullable String key() {
      return key;
    }

    @Override
    public boolean tracked() {
      return true;
    }

    @Override
    public void waits(Connection connection) {
      told.add("waits " + id);
    }

    @Override
    public void settled(Connection connection) {
      told.add("settled " + id);
    }

    @Override
    public void written(Connection connection) {
      told.add("written " + id);
    }

    @Override
    public void dropped(Connection connection, Drop why) {
      told.add("dropped " + id + " " + why);
    }

    @Override
    public void done() {}
  }

  private void offer(String id, int bytes, @Nullable String key) {
    client.lane().submit(new Message(id, bytes, key));
    client.run();
  }

  private void clientIsSlow(boolean slow) {
    client.connection().channel().unsafe().outboundBuffer().setUserDefinedWritability(1, !slow);
    client.run();
  }

  private List<String> received() {
    return client.received().stream().map(frame -> frame.getNotify().getMessageId()).toList();
  }

  @AfterEach
  void everythingIsGivenBack() {
    client.disconnect();
    assertThat(all).allSatisfy(one -> assertThat(one.frame().refCnt()).as(one.id).isZero());
    client.finish();
  }

  @Test
  void whileSlow_messagesWait_andComeInOrder_whenTheClientTakesThem() {
    clientIsSlow(true);
    offer("a", 10, null);
    offer("b", 10, null);
    assertThat(received()).isEmpty();
    assertThat(told).containsExactly("waits a", "waits b");
    assertThat(client.connection().pendingBytes()).isPositive();
    assertThat(client.lane().slowBytes()).isEqualTo(client.connection().pendingBytes());

    clientIsSlow(false);
    assertThat(received()).containsExactly("a", "b");
    assertThat(told).endsWith("written a", "settled a", "written b", "settled b");
    assertThat(client.connection().pendingBytes()).isZero();
    assertThat(client.lane().slowBytes()).isZero();
    offer("c", 10, null);
    assertThat(received()).containsExactly("c");
    assertThat(told).endsWith("written c");
  }

  @Test
  void overTheBound_theOldestGivesWay() {
    clientIsSlow(true);
    for (String id : List.of("a", "b", "c", "d", "e")) {
      offer(id, QUARTER, null);
    }
    assertThat(told).contains("dropped a SLOW");
    assertThat(told).doesNotContain("dropped b SLOW");
    assertThat(client.connection().dropped()).isEqualTo(1);
    clientIsSlow(false);
    assertThat(received()).containsExactly("b", "c", "d", "e");
  }

  @Test
  void ofOneKey_onlyTheNewestWaits_behindWhatWaitedAlready() {
    clientIsSlow(true);
    offer("price 1", 10, "price");
    offer("x", 10, null);
    offer("stock", 10, "stock");
    offer("price 2", 10, "price");
    offer("price 3", 10, "price");
    assertThat(told).contains("dropped price 1 CONFLATED", "dropped price 2 CONFLATED");
    clientIsSlow(false);
    assertThat(received()).containsExactly("x", "stock", "price 3");
  }

  @Test
  void messageThatCanFindNoRoom_isDropped_andPushesNothingOut() {
    clientIsSlow(true);
    offer("a", QUARTER, "k");
    offer("b", QUARTER, null);
    offer("huge", 5_000, "k");
    assertThat(told).contains("dropped huge SLOW").doesNotContain("waits huge");
    clientIsSlow(false);
    assertThat(received()).containsExactly("a", "b");
  }

  @Test
  void closedConnection_dropsWhatWaits_eachSettledOnce() {
    clientIsSlow(true);
    offer("a", 10, null);
    offer("b", 10, null);
    client.disconnect();
    assertThat(told)
        .containsExactly(
            "waits a", "waits b", "dropped a CLOSED", "settled a", "dropped b CLOSED", "settled b");
  }
}
