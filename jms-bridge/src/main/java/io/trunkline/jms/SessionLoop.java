package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that works with JMS sessions of its own, and starts its work again whenever the link has
 * a new connection.
 */
final class SessionLoop {
  private static final Logger LOG = LoggerFactory.getLogger(SessionLoop.class);
  private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(30);

  /** What the thread does with one connection. */
  interface Work {
    /**
     * Works until {@link SessionLoop#stopping()} or until the connection fails. Calls {@link
     * SessionLoop#ready()} once it takes messages.
     */
    void run(Connection connection, SessionLoop loop) throws JMSException, InterruptedException;
  }

  private final BrokerLink link;
  private final Work work;
  private final Thread thread;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch ready = new CountDownLatch(1);
  private final LogLimit failures = new LogLimit(LOG_INTERVAL_NS, System::nanoTime);
  private final Backoff backoff = new Backoff();

  private SessionLoop(BrokerLink link, String name, Work work) {
    this.link = link;
    this.work = work;
    this.thread =
        Thread.ofPlatform()
            .daemon()
            .name("jms-" + name + "-" + link.clientName())
            .unstarted(this::run);
  }

  static SessionLoop start(BrokerLink link, String name, Work work) {
    SessionLoop loop = new SessionLoop(link, name, work);
    loop.thread.start();
    return loop;
  }

  boolean stopping() {
    return stopping.getCount() == 0;
  }

  /** Waits; returns at once when the loop is to stop. */
  void pause(long ms) throws InterruptedException {
    if (stopping.await(ms, TimeUnit.MILLISECONDS)) {
      LOG.debug("{} stops", thread.getName());
    }
  }

  void ready() {
    backoff.reset();
    ready.countDown();
  }

  /** Waits until the work takes messages for the first time; returns whether it does. */
  boolean awaitReady(Duration atMost) {
    try {
      return ready.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void run() {
    try {
      while (!stopping()) {
        Optional<Connection> connection = link.await();
        if (connection.isEmpty()) {
          return;
        }
        try {
          work.run(connection.get(), this);
        } catch (JMSException | RuntimeException | Error e) {
          // An error of a handler must not end the subscription for good either.
          pause(backoff.nextMs());
          // A lost connection is logged once, by the link.
          if (!stopping() && link.isCurrent(connection.get())) {
            failures.log(
                leftOut ->
                    LOG.warn(
                        "{} failed and starts again: {} ({} like this not logged)",
                        thread.getName(),
                        e.toString(),
                        leftOut));
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("{} interrupted", thread.getName(), e);
    }
  }

  /** Asks the thread to stop when it is done with what it has in hand. */
  void stop() {
    stopping.countDown();
  }

  /** Waits for the thread's end, and interrupts it if that takes longer. */
  void join(Duration atMost) {
    try {
      if (!thread.equals(Thread.currentThread()) && !thread.join(atMost)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
