package io.trunkline.client;

import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Reply;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The downlink's way to its listener and back: each message id once, a bounded number waiting, the
 * position moved when the application has taken a message over.
 */
final class Notifications {
  static final int MAX_WAITING = 1_024;

  private final boolean autoAck;
  private final Function<String, NotificationListener> listeners;
  private final Executor callbacks;
  private final ClientThreads threads;
  private final SessionMemory memory;
  private final Acks acks;
  private final Consumer<Boolean> reading;
  private final AtomicInteger waiting = new AtomicInteger();
  private boolean paused;

  /**
   * @param delivery who takes messages, and how
   * @param reading stops and starts the reading from the present connection
   */
  Notifications(
      Delivery delivery,
      ClientThreads threads,
      SessionMemory memory,
      Acks acks,
      Consumer<Boolean> reading) {
    this.autoAck = delivery.autoAck();
    this.listeners = delivery.listeners();
    this.callbacks = delivery.callbacks();
    this.threads = threads;
    this.memory = memory;
    this.acks = acks;
    this.reading = reading;
  }

  /**
   * Who takes messages, and how.
   *
   * @param listeners of a topic; asked on the event loop
   * @param callbacks runs this client's callbacks in order
   */
  record Delivery(
      boolean autoAck, Function<String, NotificationListener> listeners, Executor callbacks) {}

  /** Event loop only. */
  boolean paused() {
    return paused;
  }

  /** Event loop only. */
  void take(Notify message) {
    Place place = Place.of(message);
    if (place != null) {
      memory.received(place);
    }
    String id = message.getMessageId();
    MessageWindow window = memory.window();
    if (window.holds(id)) {
      // The application has it, and will answer for all places.
      window.hold(id, place);
    } else if (window.isTakenOver(id)) {
      repeated(message, place);
    } else {
      if (!id.isEmpty()) {
        window.hold(id, place);
      }
      show(message);
    }
  }

  private void repeated(Notify message, @Nullable Place place) {
    if (place != null) {
      memory.takenOver(Set.of(place));
    }
    if (message.getExpect() != Expect.NOTHING) {
      acks.send(answer(message, place, memory.window().reply(message.getMessageId())));
    }
  }

  private static Ack answer(Notify message, @Nullable Place place, @Nullable Reply reply) {
    String id = message.getMessageId();
    Ack.Builder ack = place == null ? Ack.newBuilder().setMessageId(id) : place.acknowledge(id);
    return reply == null ? ack.build() : ack.setReply(reply).build();
  }

  private void show(Notify message) {
    if (waiting.incrementAndGet() >= MAX_WAITING && !paused) {
      paused = true;
      reading.accept(false);
    }
    Notification notification =
        new Notification(message, reply -> threads.onLoop(() -> answered(message, reply)));
    NotificationListener listener = listeners.apply(message.getTopic());
    callbacks.execute(() -> deliver(notification, message, listener));
  }

  private void deliver(Notification notification, Notify message, NotificationListener listener) {
    boolean taken = false;
    try {
      listener.notification(notification);
      taken = !notification.isGivenBack();
    } finally {
      if (taken && notification.expect() == Expect.NOTHING) {
        threads.onLoop(() -> takenOver(message, null));
      } else if (taken && autoAck && notification.expect() == Expect.ACK) {
        notification.ack();
      } else if (!taken && !notification.isAnswered()) {
        // The position stays before it; it may be sent again, and is then new.
        threads.onLoop(() -> memory.window().forget(notification.id()));
      }
      if (waiting.decrementAndGet() == MAX_WAITING / 2) {
        threads.onLoop(this::resume);
      }
    }
  }

  private void answered(Notify message, @Nullable Reply reply) {
    Set<Place> places = takenOver(message, reply);
    if (places.isEmpty()) {
      acks.send(answer(message, null, reply));
    } else {
      places.forEach(place -> acks.send(answer(message, place, reply)));
    }
  }

  /** All places of the message. */
  private Set<Place> takenOver(Notify message, @Nullable Reply reply) {
    Set<Place> places = new LinkedHashSet<>();
    Place own = Place.of(message);
    if (own != null) {
      places.add(own);
    }
    String id = message.getMessageId();
    if (!id.isEmpty()) {
      places.addAll(memory.window().take(id, reply));
    }
    memory.takenOver(places);
    return places;
  }

  private void resume() {
    if (paused) {
      paused = false;
      reading.accept(true);
    }
  }
}
