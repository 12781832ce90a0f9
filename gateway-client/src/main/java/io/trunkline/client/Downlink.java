package io.trunkline.client;

import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Hello;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Welcome;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What is pushed to this client, over all its connections: streams and where they go on, topics,
 * acknowledgements. Event loop only, unless said otherwise.
 */
final class Downlink implements Subscriptions.Owner {

  /** The present connection, as far as it matters here. */
  interface Link {
    /** Null: there is none after its Welcome. */
    @Nullable Exchanges exchanges();

    void reading(boolean on);
  }

  private final ClientThreads threads;
  private final Announcer announcer;
  private final Link link;
  private final SessionMemory memory;
  private final Acks acks = new Acks(this::send);
  private final Subscriptions subscriptions;
  private final Notifications notifications;

  Downlink(ClientOptions options, ClientThreads threads, Announcer announcer, Link link) {
    this.threads = threads;
    this.announcer = announcer;
    this.link = link;
    memory = new SessionMemory(options.positionStore(), threads);
    subscriptions = new Subscriptions(threads, options, memory, this);
    Notifications.Delivery delivery =
        new Notifications.Delivery(
            options.autoAck(),
            topic -> subscriptions.listener(topic, announcer.listener()),
            announcer.callbacks());
    notifications = new Notifications(delivery, threads, memory, acks, link::reading);
  }

  SessionMemory memory() {
    return memory;
  }

  /** From any thread. */
  Subscription subscribe(String name, NotificationListener listener) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > io.trunkline.protocol.WireLimits.MAX_NAME_BYTES) {
      throw new IllegalArgumentException("a topic's name has 1 to 128 bytes, not " + bytes);
    }
    Topic topic = new Topic(name, listener, new OutcomeFuture<>(threads.callbacks()));
    if (!threads.onLoop(() -> subscriptions.subscribe(topic))) {
      topic.first.complete(shutDown());
    }
    return new Subscription(name, topic.first, () -> unsubscribe(name));
  }

  /** From any thread. */
  CompletableFuture<ControlResult> unsubscribe(String name) {
    CompletableFuture<ControlResult> outcome = new OutcomeFuture<>(threads.callbacks());
    if (!threads.onLoop(() -> subscriptions.unsubscribe(name, outcome))) {
      outcome.complete(shutDown());
    }
    return outcome;
  }

  private static ControlResult shutDown() {
    return ControlResult.local(Status.CANCELLED, "the event loop group is shut down");
  }

  /** A connection begins. */
  void fill(Hello.Builder hello) {
    memory.fill(hello, subscriptions::wants);
  }

  void welcomed(Welcome welcome) {
    memory.welcomed(welcome);
    if (notifications.paused()) {
      link.reading(false);
    }
    acks.sendKept(welcome.getResumed());
    subscriptions.welcomed(welcome.getResumed());
    List<StreamEvent> starts = welcome.getStreamsList().stream().map(StreamEvent::of).toList();
    announcer.welcomed(SessionInfo.of(welcome), starts);
  }

  void notified(Notify notify) {
    notifications.take(notify);
  }

  /** In mid-connection. */
  void gap(StreamStart start) {
    memory.started(start);
    announcer.stream(StreamEvent.of(start));
  }

  /** The client is closed; saves what is left, then does the rest. */
  void end(Runnable then) {
    subscriptions.end();
    memory.end(then);
  }

  @Override
  public @Nullable Exchanges exchanges() {
    return link.exchanges();
  }

  @Override
  public void streamStarted(StreamEvent event) {
    announcer.stream(event);
  }

  @Override
  public void refused(String topic, ControlResult result, boolean willRetry) {
    announcer.subscriptionRefused(topic, result, willRetry);
  }

  private boolean send(Ack ack) {
    Exchanges exchanges = link.exchanges();
    return exchanges != null && exchanges.ack(ack);
  }
}
