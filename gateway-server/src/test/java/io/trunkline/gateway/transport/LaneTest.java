package io.trunkline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LaneTest {
  private final EngineHarness engine = new EngineHarness();
  private final EmbeddedClient client = engine.welcomed("alice", "d1");
  private final List<String> told = new ArrayList<>();

  private class Message implements Outbound {
    private final EncodedFrame frame;
    private final String id;
    private final @Nullable Connection only;

    Message(String id, int payloadBytes, @Nullable Connection only) {
      this.id = id;
      this.frame = new EncodedFrame(UnpooledByteBufAllocator.DEFAULT, notice(id, payloadBytes));
      this.only = only;
    }

    @Override
    public EncodedFrame frame() {
      return frame;
    }

    @Override
    public boolean forAll() {
      return only == null;
    }

    @Override
    public List<Connection> recipients(Lane lane) {
      return only == null ? lane.open() : List.of(only);
    }

    @Override
    public boolean tracked() {
      return true;
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
    public void done() {
      told.add("done " + id);
    }
  }

  private static Frame notice(String id, int payloadBytes) {
    return Frame.newBuilder()
        .setNotify(
            Notify.newBuilder()
                .setMessageId(id)
                .setPayload(ByteString.copyFrom(new byte[payloadBytes])))
        .build();
  }

  private List<String> receivedIds() {
    return client.received().stream().map(frame -> frame.getNotify().getMessageId()).toList();
  }

  @Test
  void broadcastsThatHavePiledUp_areOneWrite() {
    var messages = new ArrayList<Message>();
    for (int i = 0; i < 20; i++) {
      messages.add(new Message("m" + i, 50, null));
    }
    messages.forEach(client.lane()::submit);
    client.run();

    assertThat(client.writesWaiting()).isEqualTo(1);
    assertThat(receivedIds()).hasSize(20).startsWith("m0", "m1").endsWith("m19");
    assertThat(client.connection().messagesOut()).isEqualTo(21); // with Welcome
    assertThat(messages).allMatch(message -> message.frame().refCnt() == 0);
    client.finish();
  }

  @Test
  void laneThatMayNotSend_keepsMessages_untilItMay() {
    var may = new AtomicBoolean();
    client.lane().sendWhile(may::get);
    client.lane().submit(new Message("m", 50, null));
    assertThat(receivedIds()).isEmpty();

    may.set(true);

    await().untilAsserted(() -> assertThat(receivedIds()).containsExactly("m"));
    client.finish();
  }

  @Test
  void whoDoesNotTrack_isToldOfConnectionsTogether() {
    var plain =
        new Message("plain", 50, null) {
          @Override
          public boolean tracked() {
            return false;
          }

          @Override
          public void writtenTogether(int connections) {
            told.add("together " + connections);
          }
        };
    client.lane().submit(plain);
    client.lane().submit(new Message("tracked", 50, null));
    client.run();

    assertThat(told).containsExactly("written tracked", "together 1", "done plain", "done tracked");
    assertThat(plain.frame().refCnt()).isZero();
    client.finish();
  }

  @Test
  void order_isKept_betweenMessagesForAllAndForOne() {
    client.lane().submit(new Message("a", 1, null));
    client.lane().submit(new Message("b", 1, client.connection()));
    client.lane().submit(new Message("c", 1, null));
    assertThat(receivedIds()).containsExactly("a", "b", "c");
    client.finish();
  }

  @Test
  void message_overWhatMayWait_isDroppedAndTold() {
    var large = new Message("large", 5_000, null); // the harness allows 4,096 bytes
    var largeForOne = new Message("one", 5_000, client.connection());
    client.lane().submit(large);
    client.lane().submit(largeForOne);
    client.lane().submit(new Message("small", 10, null));

    assertThat(receivedIds()).containsExactly("small");
    assertThat(told)
        .containsExactly(
            "dropped large SLOW", "done large",
            "dropped one SLOW", "done one",
            "written small", "done small");
    assertThat(client.lane().droppedMessages()).isEqualTo(2);
    assertThat(client.connection().dropped()).isEqualTo(2);
    assertThat(large.frame().refCnt()).isZero();
    client.finish();
  }

  @Test
  void message_forAConnectionThatIsGone_isToldSo() {
    Connection connection = client.connection();
    client.disconnect();
    var message = new Message("late", 1, connection);
    client.lane().submit(message);
    client.run();
    assertThat(told).containsExactly("dropped late CLOSED", "done late");
    assertThat(message.frame().refCnt()).isZero();
    client.finish();
  }
}
