package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Welcome;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * The client's memory against a gateway that keeps a stream and an application that keeps what it
 * has taken over, with lost connections, crashes, gaps, failing handlers and acknowledgements in
 * any order. The repetition's number is the seed.
 */
class PositionModelTest {
  private static final String STREAM = "topic:prices";
  private static final long EPOCH = 7;
  private static final int STEPS = 600;

  private Random random = new Random(0);

  /** Of one life of the client's process. */
  private final EmbeddedChannel channel = new EmbeddedChannel();

  private final Queue<Runnable> callbacks = new ArrayDeque<>();
  private final List<Notification> inHand = new ArrayList<>();
  private final Set<String> shown = new HashSet<>();
  private SessionMemory memory = new SessionMemory(null, threads());
  private @Nullable Notifications notifications;
  private SavedState saved = SavedState.EMPTY;

  /** The application's database. */
  private final Set<String> takenOver = new HashSet<>();

  /** The gateway's. */
  private final TreeMap<Long, Notify> history = new TreeMap<>();

  private final Set<Long> toldMissing = new HashSet<>();
  private long lastOffset = 10;
  private long pruned = 10;
  private long sentUpTo;
  private boolean connected;

  private ClientThreads threads() {
    return new ClientThreads(channel.eventLoop(), NioSocketChannel.class, callbacks::add);
  }

  @RepeatedTest(300)
  void nothingIsLost_norShownTwice_andThePositionNeverRunsAhead(RepetitionInfo repetition) {
    random = new Random(repetition.getCurrentRepetition());
    start();
    for (int i = 0; i < STEPS; i++) {
      step();
      positionIsBehindWhatIsNotTakenOver();
    }
    settle();

    for (Map.Entry<Long, Notify> sent : history.entrySet()) {
      assertThat(
              takenOver.contains(sent.getValue().getMessageId())
                  || toldMissing.contains(sent.getKey()))
          .as("%s was taken over or told as missing", sent.getKey())
          .isTrue();
    }
    assertThat(position()).isEqualTo(lastOffset);
  }

  private void step() {
    switch (random.nextInt(12)) {
      case 0, 1 -> publish();
      case 2, 3, 4 -> deliver();
      case 5, 6 -> runCallback(random.nextInt(4) == 0);
      case 7, 8 -> acknowledgeAny();
      case 9 -> sendAgain();
      case 10 -> saved = random.nextBoolean() ? memory.snapshot() : saved;
      default -> trouble();
    }
  }

  private void trouble() {
    switch (random.nextInt(8)) {
      case 0 -> crash();
      case 1 -> gap();
      case 2, 3 -> connected = false;
      default -> connect();
    }
  }

  private void publish() {
    lastOffset += 1 + random.nextInt(3);
    history.put(
        lastOffset,
        Notify.newBuilder()
            .setMessageId("m-" + lastOffset)
            .setStream(STREAM)
            .setEpoch(EPOCH)
            .setOffset(lastOffset)
            .setExpect(random.nextInt(3) == 0 ? Expect.NOTHING : Expect.ACK)
            .build());
  }

  private void deliver() {
    Map.Entry<Long, Notify> next = history.higherEntry(sentUpTo);
    if (connected && next != null) {
      sentUpTo = next.getKey();
      downlink().take(next.getValue());
    }
  }

  private void sendAgain() {
    if (!connected || sentUpTo <= pruned) {
      return;
    }
    List<Notify> sent = new ArrayList<>(history.subMap(pruned, false, sentUpTo, true).values());
    if (!sent.isEmpty()) {
      downlink().take(sent.get(random.nextInt(sent.size())));
    }
  }

  /** History goes before the client could take it. */
  private void gap() {
    Map.Entry<Long, Notify> to = history.higherEntry(sentUpTo);
    if (connected && to != null) {
      pruned = to.getKey();
      toldMissing.add(pruned);
      sentUpTo = pruned;
      memory.started(start(pruned, false));
    }
  }

  private void runCallback(boolean fails) {
    Runnable callback = callbacks.poll();
    failing = fails;
    if (callback != null) {
      try {
        callback.run();
      } catch (IllegalStateException e) {
        assertThat(fails).isTrue();
      }
    }
  }

  private boolean failing;

  private void handle(Notification notification) {
    assertThat(shown).as("shown in this life").doesNotContain(notification.id());
    if (failing) {
      throw new IllegalStateException("expected by the test");
    }
    shown.add(notification.id());
    if (notification.expect() == Expect.NOTHING) {
      takenOver.add(notification.id());
    } else {
      inHand.add(notification);
    }
  }

  private void acknowledgeAny() {
    if (!inHand.isEmpty()) {
      Notification notification = inHand.remove(random.nextInt(inHand.size()));
      takenOver.add(notification.id());
      assertThat(notification.ack()).isTrue();
    }
  }

  /** What was saved last is all that is left. */
  private void crash() {
    connected = false;
    callbacks.clear();
    inHand.clear();
    shown.clear();
    start();
  }

  private void start() {
    assertThat(saved.seen()).isSubsetOf(takenOver);
    memory = new SessionMemory(null, threads());
    memory.open(
        new Dialer.Prepared(
            Endpoint.of(URI.create("tcp://127.0.0.1:1")),
            InetSocketAddress.createUnresolved("127.0.0.1", 1),
            "token",
            "alice/d-1",
            saved),
        true);
    Notifications.Delivery delivery =
        new Notifications.Delivery(false, topic -> this::handle, callbacks::add);
    notifications =
        new Notifications(delivery, threads(), memory, new Acks(this::acknowledged), on -> {});
  }

  private boolean acknowledged(Ack ack) {
    assertThat(takenOver).contains(ack.getMessageId());
    return connected;
  }

  private Notifications downlink() {
    return Objects.requireNonNull(notifications);
  }

  private void connect() {
    Hello.Builder hello = Hello.newBuilder();
    memory.fill(hello, topic -> true);
    long from = hello.getPositionsList().isEmpty() ? 10 : hello.getPositions(0).getOffset();
    boolean recovered = from >= pruned;
    if (!recovered) {
      toldMissing.addAll(history.subMap(from, false, pruned, true).keySet());
    }
    sentUpTo = Math.max(from, pruned);
    connected = true;
    memory.welcomed(Welcome.newBuilder().addStreams(start(sentUpTo, recovered)).build());
  }

  private static StreamStart start(long offset, boolean recovered) {
    return StreamStart.newBuilder()
        .setStream(STREAM)
        .setEpoch(EPOCH)
        .setStartOffset(offset)
        .setRecovered(recovered)
        .build();
  }

  private long position() {
    return memory.snapshot().positions().stream().mapToLong(Position::offset).findAny().orElse(10);
  }

  private void positionIsBehindWhatIsNotTakenOver() {
    for (Map.Entry<Long, Notify> passed : history.headMap(position(), true).entrySet()) {
      assertThat(
              takenOver.contains(passed.getValue().getMessageId())
                  || toldMissing.contains(passed.getKey()))
          .as("%s, which the position %s has passed", passed.getKey(), position())
          .isTrue();
    }
  }

  /** A good connection, and an application that does what it should. */
  private void settle() {
    publish();
    connect();
    while (history.higherEntry(sentUpTo) != null) {
      deliver();
    }
    while (!callbacks.isEmpty()) {
      runCallback(false);
    }
    while (!inHand.isEmpty()) {
      acknowledgeAny();
    }
  }
}
