package io.trunkline.gateway.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.trunkline.gateway.downlink.Downlink;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.gateway.transport.EncodedFrame;
import io.trunkline.persistence.Expected;
import io.trunkline.persistence.MessageState;
import io.trunkline.persistence.MessageStore.UserPage;
import io.trunkline.persistence.NewMessage;
import io.trunkline.persistence.Recipients;
import io.trunkline.persistence.StoredMessage;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A user's cursor against what must come of it, whatever happens in which order: each message for
 * the device is written once, in the stream's order, unless another device had it first.
 */
class UserCursorModelTest {
  private static final String DEVICE = "d1";
  private static final int WINDOW = 6;
  private static final int STEPS = 600;

  private final EngineHarness engine = new EngineHarness();
  private final EmbeddedClient client = engine.welcomed("alice", DEVICE);
  private final Session session = engine.registry.ofUser("alice").getFirst();
  private final MemoryStore store = new MemoryStore();
  private final StreamCounts counts = new StreamCounts();
  private final ReceiptSender sender = new ReceiptSender(store, receipts -> List.of(), counts);
  private final Ledger ledger =
      new Ledger(
          "gw-test",
          store,
          Downlink.receiptWriter("gw-test"),
          sender,
          new Ledger.Limits(3, counts));

  private record Question(UserPage page, Consumer<List<StoredMessage>> then) {}

  private record Answer(List<StoredMessage> page, Consumer<List<StoredMessage>> then) {}

  private final Queue<Question> questions = new ArrayDeque<>();
  private final Queue<Answer> answers = new ArrayDeque<>();
  private final List<StoredMessage> onTheirWay = new ArrayList<>();
  private final List<Notify> received = new ArrayList<>();
  private final List<Notify> unacknowledged = new ArrayList<>();
  private final Set<Long> takenByOthers = new HashSet<>();

  @AfterEach
  void stop() {
    ledger.close();
    sender.close();
    client.finish();
  }

  /** Pages that are read and handed over when the test says so. */
  private final class HeldPages implements Pages {
    @Override
    public void ask(UserPage page, EventLoop loop, Consumer<List<StoredMessage>> then) {
      questions.add(new Question(page, then));
    }

    @Override
    public void ask(
        PageReader.ManyPage page, EventLoop loop, Consumer<PageReader.ManyAnswer> then) {
      throw new UnsupportedOperationException("nobody follows a stream for many");
    }
  }

  private UserCursor begin() {
    var context =
        new StreamContext(
            "gw-test",
            new StreamsConfig(
                WINDOW,
                Duration.ofHours(1),
                3,
                Duration.ofSeconds(5),
                Duration.ofDays(1),
                Duration.ofDays(1),
                100,
                10,
                100),
            Duration.ofHours(1),
            new HeldPages(),
            ledger,
            counts,
            new TopicCounts(100, System::nanoTime),
            () -> true,
            Clock.systemUTC());
    var lane = new LaneStreams();
    var head =
        store.size() == 0 ? StreamHead.EMPTY : new StreamHead(MemoryStore.EPOCH, store.size(), 0);
    var cursor = new UserCursor(session, head, Long.MAX_VALUE, context, lane);
    var many = new ManyStreams(store, context, Map.of(client.lane(), lane));
    var broadcasts =
        new ManyCursor(
            session,
            lane.stream(many.broadcasts().key(), many.broadcasts()),
            0,
            context,
            (to, stored) -> true);
    session.streams(new SessionCursors("alice", cursor, broadcasts, many));
    cursor.begin();
    return cursor;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void whateverHappens_eachMessageComesOnce_inOrder(long seed) {
    Random random = new Random(seed);
    for (int i = random.nextInt(50); i > 0; i--) {
      publish(random);
    }
    onTheirWay.clear(); // they were stored before
    long before = store.size();
    UserCursor cursor = begin();
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(12)) {
        case 0, 1 -> publish(random);
        case 2, 3 -> arrive(random);
        case 4, 5 -> readPage();
        case 6 -> handPage();
        case 7, 8 -> acknowledge(random);
        case 9 -> anotherDeviceTakesOne(random);
        case 10 -> fill();
        default -> {
          if (random.nextInt(8) == 0) {
            cursor.look();
          } else {
            roomAgain(cursor);
          }
        }
      }
      receive();
    }
    settle(random, cursor);

    assertThat(received).extracting(Notify::getOffset).doesNotHaveDuplicates().isSorted();
    Set<Long> got = new HashSet<>();
    received.forEach(one -> got.add(one.getOffset()));
    for (long offset = 1; offset <= store.size(); offset++) {
      StoredMessage stored = store.at(offset);
      boolean forUs = stored.message().recipients().device().map(DEVICE::equals).orElse(true);
      if (!forUs) {
        assertThat(got).doesNotContain(offset);
      } else if (offset > before || !takenByOthers.contains(offset)) {
        assertThat(got).contains(offset);
      }
    }
  }

  /** All that is on its way arrives, and the client takes and acknowledges everything. */
  private void settle(Random random, UserCursor cursor) {
    for (int round = 0; round < 200; round++) {
      if (round == 100) {
        cursor.look(); // for what was lost on its way and had no successor
      }
      arrive(random);
      readPage();
      handPage();
      roomAgain(cursor);
      receive();
      acknowledge(random);
      acknowledge(random);
    }
  }

  private void publish(Random random) {
    Optional<String> device =
        random.nextInt(5) == 0
            ? Optional.of(random.nextBoolean() ? DEVICE : "other")
            : Optional.empty();
    StoredMessage stored =
        store.add(
            new NewMessage(
                StreamKey.ofUser("alice"),
                "m" + (store.size() + 1),
                "p",
                new Recipients(device, Optional.empty(), Optional.empty()),
                Expected.NOTHING,
                "",
                "",
                new byte[random.nextInt(300)],
                Optional.empty(),
                4,
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty()));
    if (random.nextInt(4) > 0) {
      onTheirWay.add(stored);
    }
  }

  /** A live message, mostly the oldest one that is on its way. */
  private void arrive(Random random) {
    if (onTheirWay.isEmpty()) {
      return;
    }
    int index = random.nextInt(3) == 0 ? random.nextInt(onTheirWay.size()) : 0;
    StoredMessage stored = onTheirWay.remove(index);
    var frame = new EncodedFrame(UnpooledByteBufAllocator.DEFAULT, Notices.frame(stored));
    client.lane().submit(new UserOutbound(client.connection(), stored, frame));
    client.run();
    assertThat(frame.refCnt()).isZero();
  }

  private void readPage() {
    Question question = questions.poll();
    if (question != null) {
      answers.add(new Answer(store.read(List.of(question.page())).getFirst(), question.then()));
    }
  }

  private void handPage() {
    Answer answer = answers.poll();
    if (answer != null) {
      answer.then().accept(answer.page());
      client.run();
    }
  }

  private void acknowledge(Random random) {
    if (unacknowledged.isEmpty()) {
      return;
    }
    Notify one = unacknowledged.remove(random.nextInt(unacknowledged.size()));
    client.send(
        Frame.newBuilder()
            .setAck(
                Ack.newBuilder()
                    .setMessageId(one.getMessageId())
                    .setStream(one.getStream())
                    .setEpoch(one.getEpoch())
                    .setOffset(one.getOffset()))
            .build());
  }

  private void anotherDeviceTakesOne(Random random) {
    if (store.size() == 0) {
      return;
    }
    long offset = 1L + random.nextInt(store.size());
    synchronized (store) {
      if (store.at(offset).state() == MessageState.PENDING) {
        store.become(offset, MessageState.DELIVERED);
        takenByOthers.add(offset);
      }
    }
  }

  /** Until the next flush nothing else finds room. */
  private void fill() {
    if (client.connection().pendingBytes() == 0) {
      session.send(
          Frame.newBuilder()
              .setNotify(Notify.newBuilder().setPayload(ByteString.copyFrom(new byte[4_050])))
              .build());
    }
  }

  private void roomAgain(UserCursor cursor) {
    client.connection().flush();
    cursor.writable();
    client.run();
  }

  private void receive() {
    for (Frame frame : client.received()) {
      if (frame.hasNotify() && frame.getNotify().getOffset() > 0) {
        assertThat(unacknowledged.size()).isLessThanOrEqualTo(WINDOW);
        received.add(frame.getNotify());
        unacknowledged.add(frame.getNotify());
      }
    }
  }
}
