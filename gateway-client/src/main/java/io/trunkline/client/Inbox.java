package io.trunkline.client;

import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Expect;
import io.trunkline.protocol.v1.Notify;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** The downlink's way to the listener: each message id once, a bounded number waiting. */
final class Inbox {
  static final int MAX_WAITING = 1_024;
  private static final int REMEMBERED_IDS = 1_024;

  /** To the present connection, if there is one. Event loop only. */
  interface Outlet {
    void send(Ack ack);

    void reading(boolean on);
  }

  private final boolean autoAck;
  private final ClientListener listener;
  private final Executor callbacks;
  private final ClientThreads threads;
  private final Outlet outlet;
  private final MessageWindow window = new MessageWindow(REMEMBERED_IDS);
  private final AtomicInteger waiting = new AtomicInteger();
  private boolean paused;

  /**
   * @param callbacks runs this client's callbacks in order
   */
  Inbox(
      boolean autoAck,
      ClientListener listener,
      Executor callbacks,
      ClientThreads threads,
      Outlet outlet) {
    this.autoAck = autoAck;
    this.listener = listener;
    this.callbacks = callbacks;
    this.threads = threads;
    this.outlet = outlet;
  }

  /** Event loop only. */
  boolean paused() {
    return paused;
  }

  /** Event loop only. */
  void take(Notify message) {
    String id = message.getMessageId();
    if (!id.isEmpty() && !window.add(id)) {
      Ack lost = window.answer(id);
      if (lost != null) {
        outlet.send(lost);
      }
      return;
    }
    if (waiting.incrementAndGet() >= MAX_WAITING && !paused) {
      paused = true;
      outlet.reading(false);
    }
    Notification notification = new Notification(message, this::answer);
    callbacks.execute(() -> deliver(notification));
  }

  private void answer(Ack ack) {
    threads.onLoop(
        () -> {
          window.answered(ack);
          outlet.send(ack);
        });
  }

  private void deliver(Notification notification) {
    boolean taken = false;
    try {
      listener.notification(notification);
      taken = true;
    } finally {
      if (taken && autoAck && notification.expect() == Expect.ACK) {
        notification.ack();
      } else if (!taken && !notification.isAnswered()) {
        // It may be sent again, and is then new.
        threads.onLoop(() -> window.forget(notification.id()));
      }
      if (waiting.decrementAndGet() == MAX_WAITING / 2) {
        threads.onLoop(this::resume);
      }
    }
  }

  private void resume() {
    if (paused) {
      paused = false;
      outlet.reading(true);
    }
  }
}
