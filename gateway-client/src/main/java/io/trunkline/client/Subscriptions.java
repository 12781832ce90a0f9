package io.trunkline.client;

import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import io.trunkline.protocol.v1.Subscribe;
import io.trunkline.protocol.v1.Unsubscribe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics that the application wants, asked for anew on each connection. Event loop only. */
final class Subscriptions {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  /** The client, as far as it matters here. */
  interface Owner {
    /** Null: there is no connection after its Welcome. */
    @Nullable Exchanges exchanges();

    void streamStarted(StreamEvent event);

    void refused(String topic, ControlResult result, boolean willRetry);
  }

  private final ClientThreads threads;
  private final ClientOptions options;
  private final SessionMemory memory;
  private final Owner owner;
  private final Map<String, Topic> topics = new LinkedHashMap<>();

  /** To be said on the next connection, to the session that goes on. */
  private final Map<String, CompletableFuture<ControlResult>> leaving = new HashMap<>();

  private boolean ended;

  Subscriptions(ClientThreads threads, ClientOptions options, SessionMemory memory, Owner owner) {
    this.threads = threads;
    this.options = options;
    this.memory = memory;
    this.owner = owner;
  }

  boolean wants(String topic) {
    return topics.containsKey(topic);
  }

  /** Of a topic; {@code otherwise} if it has none of its own. */
  NotificationListener listener(String name, NotificationListener otherwise) {
    Topic topic = topics.get(name);
    return topic == null ? otherwise : topic.listener;
  }

  void subscribe(Topic topic) {
    if (ended) {
      topic.first.complete(ControlResult.local(Status.CANCELLED, "the client is closed"));
    } else if (topics.putIfAbsent(topic.name, topic) != null) {
      topic.first.complete(
          ControlResult.local(Status.CONFLICT, "already subscribed to " + topic.name));
    } else {
      CompletableFuture<ControlResult> before = leaving.remove(topic.name);
      if (before != null) {
        before.complete(ControlResult.local(Status.OK, ""));
      }
      ask(topic);
    }
  }

  void unsubscribe(String name, CompletableFuture<ControlResult> outcome) {
    Topic topic = topics.remove(name);
    if (ended || topic == null) {
      outcome.complete(
          ended
              ? ControlResult.local(Status.CANCELLED, "the client is closed")
              : ControlResult.local(Status.NOT_FOUND, "not subscribed to " + name));
      return;
    }
    topic.first.complete(ControlResult.local(Status.CANCELLED, "unsubscribed"));
    memory.forgetStream(Positions.ofTopic(name));
    Exchanges exchanges = owner.exchanges();
    if (exchanges == null) {
      leaving.put(name, outcome);
    } else {
      leave(exchanges, name, outcome);
    }
  }

  private void leave(Exchanges exchanges, String name, CompletableFuture<ControlResult> outcome) {
    CompletableFuture<ControlResult> answer = new CompletableFuture<>();
    answer.thenAccept(
        result -> {
          if (result.status() == Status.CANCELLED && !ended && !wants(name)) {
            // The connection went away. The session may go on, and would bring the topic's
            // messages.
            leaving.put(name, outcome);
          } else {
            outcome.complete(result);
          }
        });
    exchanges.control(
        seq ->
            Frame.newBuilder()
                .setUnsubscribe(Unsubscribe.newBuilder().setSeq(seq).setTopic(name))
                .build(),
        options.timeouts().call().toMillis(),
        answer);
  }

  /**
   * A connection is there.
   *
   * @param sameSession another one has no subscriptions
   */
  void welcomed(boolean sameSession) {
    Map<String, CompletableFuture<ControlResult>> late = new HashMap<>(leaving);
    leaving.clear();
    Exchanges exchanges = owner.exchanges();
    late.forEach(
        (name, outcome) -> {
          if (sameSession && exchanges != null) {
            leave(exchanges, name, outcome);
          } else {
            outcome.complete(ControlResult.local(Status.OK, ""));
          }
        });
    topics.values().forEach(topic -> topic.asked = false);
    all().forEach(this::ask);
  }

  private List<Topic> all() {
    return new ArrayList<>(topics.values());
  }

  private void ask(Topic topic) {
    Exchanges exchanges = owner.exchanges();
    if (exchanges == null || topic.asked || topics.get(topic.name) != topic) {
      return;
    }
    topic.asked = true;
    CompletableFuture<ControlResult> answer = new CompletableFuture<>();
    answer.thenAccept(result -> answered(exchanges, topic, result));
    exchanges.control(seq -> frame(seq, topic.name), options.timeouts().call().toMillis(), answer);
  }

  private Frame frame(long seq, String topic) {
    Subscribe.Builder subscribe = Subscribe.newBuilder().setSeq(seq).setTopic(topic);
    StreamPosition position = memory.position(Positions.ofTopic(topic));
    if (position != null) {
      subscribe.setPosition(position);
    }
    return Frame.newBuilder().setSubscribe(subscribe).build();
  }

  private void answered(Exchanges exchanges, Topic topic, ControlResult result) {
    if (topics.get(topic.name) != topic) {
      // Given up by the application in the meantime.
      return;
    }
    if (result.ok()) {
      topic.failures = 0;
      result.stream().ifPresent(this::started);
      topic.first.complete(result);
    } else if (result.status() == Status.CANCELLED) {
      LOG.debug("{} is asked for again on the next connection.", topic.name);
    } else if (topic.first.isDone()) {
      refused(exchanges, topic, result);
    } else {
      topics.remove(topic.name);
      topic.first.complete(result);
    }
  }

  private void started(StreamEvent event) {
    memory.started(
        StreamStart.newBuilder()
            .setStream(event.stream())
            .setEpoch(event.epoch())
            .setStartOffset(event.fromOffset())
            .setRecovered(event.recovered())
            .build());
    owner.streamStarted(event);
  }

  /** One that stood before. */
  private void refused(Exchanges exchanges, Topic topic, ControlResult result) {
    boolean again =
        switch (result.status()) {
          case INTERNAL, BUSY, UNAVAILABLE, RATE_LIMITED, DEADLINE_EXCEEDED -> true;
          default -> false;
        };
    if (again) {
      // Late rather than at once: a gateway in trouble has many clients that ask.
      long delayMs = options.backoff().delayMs(++topic.failures, Math.random());
      threads.loop().schedule(() -> askAgain(exchanges, topic), delayMs, TimeUnit.MILLISECONDS);
    } else {
      topics.remove(topic.name);
    }
    owner.refused(topic.name, result, again);
  }

  private void askAgain(Exchanges before, Topic topic) {
    if (owner.exchanges() == before) {
      topic.asked = false;
      ask(topic);
    }
  }

  /** The client is closed. */
  void end() {
    ended = true;
    ControlResult why = ControlResult.local(Status.CANCELLED, "the client is closed");
    all().forEach(topic -> topic.first.complete(why));
    leaving.values().forEach(outcome -> outcome.complete(why));
    topics.clear();
    leaving.clear();
  }
}
