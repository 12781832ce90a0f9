package io.trunkline.systemtest.books;

import io.trunkline.client.Backoff;
import io.trunkline.client.ClientListener;
import io.trunkline.client.Disconnect;
import io.trunkline.client.Notification;
import io.trunkline.client.PositionStore;
import io.trunkline.client.StreamEvent;
import io.trunkline.client.TrunklineClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** One user's program: what its client showed it, over all the program's lives. Thread-safe. */
final class Receiver implements AutoCloseable {
  static final String DEVICE = "phone";
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(100), 2, Duration.ofSeconds(1));
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
  private static final long END_TIMEOUT_SECONDS = 30;

  /** How the program takes messages over. */
  enum Manner {
    AUTOMATIC,
    /** By hand, some time after it was shown. */
    LATER,
    NEVER
  }

  /**
   * A message as the client gave it to the program.
   *
   * @param acknowledged whether the program has taken it over
   */
  record Shown(
      String messageId,
      String stream,
      long epoch,
      long offset,
      Life life,
      AtomicBoolean acknowledged) {}

  /**
   * One life of the program.
   *
   * @param crashed whether it ended without a word, and without saving
   */
  record Life(int number, AtomicBoolean crashed) {}

  private final String user;
  private final Manner manner;
  private final FlakyLink link;
  private final String token;
  private final PositionStore disk;
  private final Later later;
  private final Queue<Shown> shown = new ConcurrentLinkedQueue<>();
  private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
  private Life life = new Life(1, new AtomicBoolean());
  private LifeStore store;
  private TrunklineClient client;
  private volatile Life ended = new Life(0, new AtomicBoolean());
  private volatile boolean closing;

  /** Runs something after a moment. */
  interface Later {
    void run(Runnable what);
  }

  Receiver(
      String user, Manner manner, FlakyLink link, String token, PositionStore disk, Later later) {
    this.user = user;
    this.manner = manner;
    this.link = link;
    this.token = token;
    this.disk = disk;
    this.later = later;
    this.store = new LifeStore(disk);
    this.client = client(life, store);
  }

  String user() {
    return user;
  }

  /** What was shown, in its order. */
  List<Shown> shown() {
    return List.copyOf(shown);
  }

  /** What should never happen, in words. */
  List<String> troubles() {
    return List.copyOf(troubles);
  }

  synchronized void connect() {
    var _ = client.connect();
  }

  synchronized boolean isConnected() {
    return client.session().isPresent();
  }

  private TrunklineClient client(Life now, LifeStore saves) {
    return TrunklineClient.builder()
        .url(link.url())
        .token(token)
        .deviceId(DEVICE)
        .backoff(BACKOFF)
        .callTimeout(CALL_TIMEOUT)
        .connectTimeout(CALL_TIMEOUT)
        .autoAck(manner == Manner.AUTOMATIC)
        .positionStore(saves)
        .listener(new Program(now))
        .build();
  }

  /** Called by the client, one call at a time. */
  private final class Program implements ClientListener {
    private final Life now;

    Program(Life now) {
      this.now = now;
    }

    @Override
    public void notification(Notification message) {
      var entry =
          new Shown(
              message.id(),
              message.stream(),
              message.epoch(),
              message.offset(),
              now,
              new AtomicBoolean(manner == Manner.AUTOMATIC));
      shown.add(entry);
      if (manner == Manner.LATER) {
        later.run(
            () -> {
              message.ack();
              // By a client that is ended already nothing is taken over.
              entry.acknowledged().set(!now.equals(ended));
            });
      }
    }

    @Override
    public void stream(StreamEvent event) {
      if (!event.recovered()) {
        troubles.add(
            "not recovered, "
                + event.stream()
                + ": "
                + user
                + ", life "
                + now.number()
                + " "
                + event);
      }
    }

    @Override
    public void closed(Disconnect last) {
      if (!closing && !now.equals(ended)) {
        troubles.add("closed for good: " + user + ", life " + now.number() + " " + last);
      }
    }
  }

  /** The connection breaks. */
  void cut() {
    link.cut();
  }

  /** There is no network, until it is told otherwise. */
  void away(boolean now) {
    link.away(now);
  }

  /**
   * The program ends, and starts again with what it had saved.
   *
   * @param crash without a word and without saving; otherwise in order
   */
  synchronized void restart(boolean crash, long pauseMs) throws InterruptedException {
    if (crash) {
      life.crashed().set(true);
      store.die();
      link.away(true);
    }
    ended = life;
    endClient();
    TimeUnit.MILLISECONDS.sleep(pauseMs);
    if (crash) {
      link.away(false);
    }
    life = new Life(life.number() + 1, new AtomicBoolean());
    store = new LifeStore(disk);
    client = client(life, store);
    connect();
  }

  private void endClient() throws InterruptedException {
    client.close();
    try {
      client.closed().get(END_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      troubles.add(user + ": the client does not end: " + e);
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    client.close();
    link.close();
  }
}
