package io.trunkline.systemtest.books;

import io.trunkline.client.Backoff;
import io.trunkline.client.ClientBuilder;
import io.trunkline.client.ClientListener;
import io.trunkline.client.ControlResult;
import io.trunkline.client.Disconnect;
import io.trunkline.client.Notification;
import io.trunkline.client.PositionStore;
import io.trunkline.client.SessionInfo;
import io.trunkline.client.StreamEvent;
import io.trunkline.client.TrunklineClient;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.systemtest.books.Sight.Gap;
import io.trunkline.systemtest.books.Sight.Life;
import io.trunkline.systemtest.books.Sight.Place;
import io.trunkline.systemtest.books.Sight.Shown;
import io.trunkline.systemtest.books.Sight.Taking;
import io.trunkline.systemtest.installation.TcpProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One user's program: what its client showed it, over all the program's lives. Thread-safe. */
public final class Receiver implements AutoCloseable {
  static final String DEVICE = "phone";
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(100), 2, Duration.ofSeconds(1));
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
  private static final long END_TIMEOUT_SECONDS = 30;
  private static final String TEXT = "text/plain";

  /** How the program takes messages over. */
  enum Manner {
    AUTOMATIC,
    /** By hand, some time after it was shown. */
    LATER,
    NEVER
  }

  /** Who it is, and what it wants. */
  record Person(String user, Set<String> topics, Manner manner, String token) {}

  private final Person person;
  private final Way way;
  private final PositionStore disk;
  private final Later later;
  private final Queue<Sight> sights = new ConcurrentLinkedQueue<>();
  private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
  private Life life = new Life(1);
  private LifeStore store;
  private TrunklineClient client;
  private volatile Life ended = new Life(0);
  private volatile boolean closing;

  /**
   * How it reaches the nodes.
   *
   * @param urls the first is tried first
   * @param proxy that all of them lead to; null: there is none, and its network is never disturbed
   */
  public record Way(List<String> urls, @Nullable TcpProxy proxy) {
    /** Through a network of its own. */
    static Way through(TcpProxy proxy) {
      return new Way(List.of("tcp://127.0.0.1:" + proxy.port()), proxy);
    }

    /** To several nodes, in this order. */
    public static Way to(List<String> urls) {
      return new Way(urls, null);
    }

    TcpProxy link() {
      return Objects.requireNonNull(proxy, "this client has no network of its own");
    }
  }

  /** Runs something after a moment. */
  interface Later {
    void run(Runnable what);
  }

  Receiver(Person person, Way way, PositionStore disk, Later later) {
    this.person = person;
    this.way = way;
    this.disk = disk;
    this.later = later;
    this.store = new LifeStore(disk);
    this.client = client(life, store);
  }

  Testimony testimony() {
    return new Testimony(
        person.user(), person.topics(), List.copyOf(sights), List.copyOf(troubles));
  }

  public String user() {
    return person.user();
  }

  /** As its client has it just now. */
  public synchronized Optional<SessionInfo> session() {
    return client.session();
  }

  synchronized void connect() {
    var _ = client.connect();
  }

  synchronized boolean isConnected() {
    return client.session().isPresent();
  }

  /** Whether it has saved where its topics begin: from then on it may crash and loses none. */
  synchronized boolean isSubscribed() {
    return person.topics().stream().allMatch(topic -> store.knows("topic:" + topic));
  }

  private TrunklineClient client(Life now, LifeStore saves) {
    var program = new Program(now);
    ClientBuilder builder = TrunklineClient.builder();
    way.urls().forEach(builder::url);
    TrunklineClient made =
        builder
            .token(person.token())
            .deviceId(DEVICE)
            .backoff(BACKOFF)
            .callTimeout(CALL_TIMEOUT)
            .connectTimeout(CALL_TIMEOUT)
            .autoAck(person.manner() == Manner.AUTOMATIC)
            .positionStore(saves)
            .listener(program)
            .build();
    person.topics().forEach(topic -> subscribe(made, topic, program));
    return made;
  }

  private void subscribe(TrunklineClient to, String topic, Program program) {
    var _ =
        to.subscribe(topic, program)
            .result()
            .thenAccept(result -> subscribed(to, topic, program, result));
  }

  /** The client repeats a subscription that stood, but not one that never did. */
  private void subscribed(TrunklineClient to, String topic, Program program, ControlResult result) {
    switch (result.status()) {
      case OK, CANCELLED -> {} // cancelled: the client is closed
      case INTERNAL, BUSY, UNAVAILABLE, RATE_LIMITED, DEADLINE_EXCEEDED ->
          later.run(() -> subscribe(to, topic, program));
      default -> troubles.add(person.user() + " may not follow " + topic + ": " + result);
    }
  }

  /** Called by the client, one call at a time. */
  private final class Program implements ClientListener {
    private final Life now;

    Program(Life now) {
      this.now = now;
    }

    @Override
    public void notification(Notification message) {
      var taking = new Taking();
      var place = new Place(message.stream(), message.epoch(), message.offset());
      sights.add(new Shown(message.id(), place, now, taking));
      if (message.expect() == Expect.NOTHING) {
        taking.takenOver();
      } else if (person.manner() == Manner.AUTOMATIC) {
        answer(message, taking, /* byHand= */ message.expect() == Expect.REPLY);
        taking.takenOver();
      } else if (person.manner() == Manner.LATER) {
        later.run(
            () -> {
              answer(message, taking, /* byHand= */ true);
              // By a client that is ended already nothing is taken over.
              if (!now.equals(ended)) {
                taking.takenOver();
              }
            });
      }
    }

    private void answer(Notification message, Taking taking, boolean byHand) {
      boolean reply = message.expect() == Expect.REPLY;
      String text =
          reply ? "%s by %s in life %d".formatted(message.id(), person.user(), now.number()) : "";
      taking.answers(text);
      if (reply) {
        message.reply(text.getBytes(StandardCharsets.UTF_8), TEXT);
      } else if (byHand) {
        message.ack();
      }
    }

    @Override
    public void stream(StreamEvent event) {
      if (event.recovered()) {
        return;
      }
      if (event.stream().equals("user")) {
        trouble("not recovered", event);
      } else {
        sights.add(new Gap(new Place(event.stream(), event.epoch(), event.fromOffset())));
      }
    }

    @Override
    public void subscriptionRefused(String topic, ControlResult result, boolean willRetry) {
      if (!willRetry) {
        trouble("not subscribed any more to " + topic, result);
      }
    }

    @Override
    public void closed(Disconnect last) {
      if (!closing && !now.equals(ended)) {
        trouble("closed for good", last);
      }
    }

    private void trouble(String what, Object why) {
      troubles.add(what + ", " + person.user() + ", life " + now.number() + ": " + why);
    }
  }

  /** The connection breaks. */
  void cut() {
    way.link().cut();
  }

  /** There is no network, until it is told otherwise. */
  void away(boolean now) {
    if (now) {
      way.link().away();
    } else {
      way.link().recover();
    }
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
      away(true);
    }
    ended = life;
    endClient();
    TimeUnit.MILLISECONDS.sleep(pauseMs);
    if (crash) {
      away(false);
    }
    life = new Life(life.number() + 1);
    store = new LifeStore(disk);
    client = client(life, store);
    connect();
  }

  private void endClient() throws InterruptedException {
    client.close();
    try {
      client.closed().get(END_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      troubles.add(person.user() + ": the client does not end: " + e);
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    client.close();
    if (way.proxy() != null) {
      way.proxy().close();
    }
  }
}
