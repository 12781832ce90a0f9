package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receipts and events on their way out. Senders never wait; one thread sends batches and waits for
 * the broker's answers to a batch as a whole. Thread-safe.
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
        .replyTo()
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

  void refused(Message message, Reject reject, Instant at) throws JMSException {
    Optional<Destination> to = DownlinkParser.safeReplyTo(message);
    if (to.isEmpty()) {
      return;
    }
    String id = String.valueOf(message.getJMSMessageID());
    String correlationId = message.getJMSCorrelationID();
    Receipt receipt =
        new Receipt(
            // The same from every node and at every attempt.
            "rejected-" + id,
            id,
            Receipt.Status.REJECTED,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            at,
            reject.code() + ": " + reject.reason(),
            Optional.empty(),
            Optional.empty(),
            Map.of());
    boolean persistent = message.getJMSDeliveryMode() == jakarta.jms.DeliveryMode.PERSISTENT;
    offer(
        List.of(
            Outgoing.receipt(
                to.get(), correlationId == null ? id : correlationId, persistent, receipt)));
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
    try (Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(null)) {
      loop.ready();
      while (!loop.stopping() && usable(connection, session)) {
        List<Outgoing> batch = take();
        int settled = 0;
        try {
          settled = send(batch, connection, session, producer);
        } finally {
          putBack(batch.subList(settled, batch.size()));
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

  /**
   * Returns how many, from the first on, need not be sent again. What was on its way when the
   * connection was lost is sent again: receipts carry an id.
   */
  private int send(
      List<Outgoing> batch, Connection connection, Session session, MessageProducer producer)
      throws InterruptedException {
    List<Optional<Completion>> sent = new ArrayList<>(batch.size());
    // Artemis asks the broker about a destination, and waits, when it meets the object first: once
    // a
    // batch, not once a message, and not once for good: a reply queue may go and come again.
    Map<Destination, Destination> met = new HashMap<>();
    for (Outgoing outgoing : batch) {
      Completion completion = new Completion();
      try {
        Destination to = met.computeIfAbsent(outgoing.to(), first -> first);
        outgoing.send(session, producer, to, completion);
        sent.add(Optional.of(completion));
      } catch (JMSException | RuntimeException e) {
        if (!usable(connection, session)) {
          break;
        }
        refused(e);
        sent.add(Optional.empty());
      }
    }
    int settled = 0;
    for (Optional<Completion> completion : sent) {
      if (completion.isPresent()) {
        try {
          completion.get().await(link, connection);
          count(batch.get(settled));
        } catch (JMSException e) {
          if (!usable(connection, session)) {
            return settled;
          }
          refused(e);
        }
      }
      settled++;
    }
    return settled;
  }

  private boolean usable(Connection connection, Session session) {
    try {
      // Throws once the session is closed, which can be known before the link hears of it.
      return link.isCurrent(connection) && session.getAcknowledgeMode() >= 0;
    } catch (JMSException e) {
      return false;
    }
  }

  /** The one message cannot be sent, its reply destination is gone perhaps; others can. */
  private void refused(Exception why) {
    dropped(1, Connector.firstLine(why));
  }

  private void count(Outgoing outgoing) {
    if (outgoing.kind() == Outgoing.Kind.RECEIPT) {
      counters.receipts.increment();
    }
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
