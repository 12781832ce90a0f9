package io.trunkline.jms;

import io.trunkline.jms.BatchSender.Refused;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receipts and events on their way out. Senders never wait; one thread sends batches. Thread-safe.
 */
final class Outbox implements SessionLoop.Work {
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final int CAPACITY = 100_000;
  private static final int BATCH = 1_000;
  private static final long WAIT_MS = 250;
  private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

  private final BrokerLink link;
  private final Counters counters;
  private final LogLimit drops = new LogLimit(LOG_INTERVAL_NS, System::nanoTime);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Outgoing> waiting = new ArrayDeque<>();
  private int inFlight;

  Outbox(BrokerLink link, Counters counters) {
    this.link = link;
    this.counters = counters;
  }

  void receipt(DownlinkMessage about, Receipt receipt) {
    about
        .replyAddress()
        .ifPresent(
            to ->
                offer(
                    List.of(
                        Outgoing.receipt(
                            to,
                            about.correlationId().orElse(about.id()),
                            about.persistent(),
                            receipt))));
  }

  void events(List<SessionEvent> events) {
    offer(events.stream().map(Outgoing::event).toList());
  }

  private void offer(List<Outgoing> more) {
    int dropped = 0;
    lock.lock();
    try {
      waiting.addAll(more);
      while (waiting.size() > CAPACITY) {
        waiting.removeFirst();
        dropped++;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (dropped > 0) {
      dropped(dropped, "the broker is away or too slow");
    }
  }

  private void dropped(int count, String why) {
    counters.dropped.add(count);
    drops.log(
        leftOut ->
            LOG.warn(
                "dropped {} receipts or events: {} ({} more not logged)", count, why, leftOut));
  }

  @Override
  public void run(Connection connection, SessionLoop loop)
      throws JMSException, InterruptedException {
    try (Session session = connection.createSession(Session.SESSION_TRANSACTED)) {
      BatchSender<Outgoing> sender = new BatchSender<>(session, () -> link.isCurrent(connection));
      loop.ready();
      while (!loop.stopping() && link.isCurrent(connection)) {
        List<Outgoing> batch = take();
        // What was on its way when the connection was lost is sent again: receipts carry an id.
        List<Outgoing> notSent = batch;
        try {
          List<Refused<Outgoing>> refused = sender.send(batch);
          notSent = List.of();
          count(batch, refused);
        } finally {
          putBack(notSent);
        }
      }
    }
  }

  private List<Outgoing> take() throws InterruptedException {
    List<Outgoing> batch = new ArrayList<>();
    lock.lockInterruptibly();
    try {
      long leftNs = TimeUnit.MILLISECONDS.toNanos(WAIT_MS);
      while (waiting.isEmpty() && leftNs > 0) {
        leftNs = changed.awaitNanos(leftNs);
      }
      while (batch.size() < BATCH && !waiting.isEmpty()) {
        batch.add(waiting.removeFirst());
      }
      inFlight = batch.size();
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void putBack(List<Outgoing> notSent) {
    lock.lock();
    try {
      for (Outgoing outgoing : notSent.reversed()) {
        waiting.addFirst(outgoing);
      }
      inFlight = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What is refused cannot be sent: its reply destination is gone perhaps. */
  private void count(List<Outgoing> batch, List<Refused<Outgoing>> refused) {
    counters.receipts.add(
        receipts(batch.stream()) - receipts(refused.stream().map(Refused::message)));
    if (!refused.isEmpty()) {
      dropped(refused.size(), Connector.firstLine(refused.getFirst().why()));
    }
  }

  private static long receipts(Stream<Outgoing> messages) {
    return messages.filter(each -> each.kind() == Outgoing.Kind.RECEIPT).count();
  }

  /** Waits until all is sent, while there is a broker. */
  void flush(Duration atMost) {
    long leftNs = atMost.toNanos();
    lock.lock();
    try {
      while ((!waiting.isEmpty() || inFlight > 0) && leftNs > 0 && link.connected()) {
        leftNs = changed.awaitNanos(leftNs);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
