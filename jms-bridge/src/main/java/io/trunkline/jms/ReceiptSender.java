package io.trunkline.jms;

import io.trunkline.jms.BatchSender.Refused;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends receipts for callers that keep them until the broker has them. Thread-safe. */
final class ReceiptSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiptSender.class);

  /** More in one transaction would only take longer to be repeated. */
  private static final int BATCH = 1_000;

  private static final long LOG_INTERVAL_NS = 10_000_000_000L;

  private final BrokerLink link;
  private final Counters counters;
  private final LogLimit refusalLog = new LogLimit(LOG_INTERVAL_NS, System::nanoTime);
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Open open;

  private record Open(Connection connection, Session session, BatchSender<Outgoing> sender) {}

  ReceiptSender(BrokerLink link, Counters counters) {
    this.link = link;
    this.counters = counters;
  }

  /** As {@link JmsBridge#sendReceipts}. */
  List<UUID> send(List<ReceiptEnvelope> receipts) throws BrokerUnavailableException {
    List<UUID> undeliverable = new ArrayList<>();
    Exception notNow = send(receipts, undeliverable);
    if (notNow != null) {
      throw link.unavailable(notNow);
    }
    return undeliverable;
  }

  /**
   * For callers that cannot wait for one destination.
   *
   * @throws BrokerUnavailableException if the broker is away, not if it refuses some
   */
  void trySend(List<ReceiptEnvelope> receipts) throws BrokerUnavailableException {
    Exception notNow = send(receipts, new ArrayList<>());
    if (notNow != null) {
      LOG.debug("receipts not taken", notNow);
    }
  }

  private @Nullable Exception send(List<ReceiptEnvelope> receipts, List<UUID> undeliverable)
      throws BrokerUnavailableException {
    @Nullable Exception notNow = null;
    int refusals = 0;
    for (int from = 0; from < receipts.size(); from += BATCH) {
      List<ReceiptEnvelope> batch = receipts.subList(from, Math.min(receipts.size(), from + BATCH));
      Map<Outgoing, UUID> ids = new HashMap<>();
      for (Refused<Outgoing> refused : sendBatch(batch, ids)) {
        refusals++;
        log(refused);
        if (refused.forEver()) {
          undeliverable.add(ids.get(refused.message()));
        } else {
          notNow = refused.why();
        }
      }
    }
    counters.dropped.add(refusals);
    counters.receipts.add(receipts.size() - refusals);
    return notNow;
  }

  private void log(Refused<Outgoing> refused) {
    refusalLog.log(
        leftOut ->
            LOG.warn(
                "a receipt for {} is refused: {} ({} more not logged)",
                refused.message().to(),
                Connector.firstLine(refused.why()),
                leftOut));
  }

  private List<Refused<Outgoing>> sendBatch(List<ReceiptEnvelope> batch, Map<Outgoing, UUID> ids)
      throws BrokerUnavailableException {
    List<Outgoing> messages = new ArrayList<>(batch.size());
    for (ReceiptEnvelope receipt : batch) {
      Outgoing message = Outgoing.receipt(receipt);
      ids.put(message, receipt.id());
      messages.add(message);
    }
    lock.lock();
    try {
      return open(link.require()).sender().send(messages);
    } catch (JMSException e) {
      drop();
      throw link.unavailable(e);
    } catch (RuntimeException e) {
      drop();
      throw e;
    } finally {
      lock.unlock();
    }
  }

  private Open open(Connection connection) throws JMSException {
    Open before = open;
    if (before != null && before.connection().equals(connection)) {
      return before;
    }
    drop();
    Session session = connection.createSession(Session.SESSION_TRANSACTED);
    Open now =
        new Open(connection, session, new BatchSender<>(session, () -> link.isCurrent(connection)));
    open = now;
    return now;
  }

  private void drop() {
    Open before = open;
    open = null;
    if (before != null && link.isCurrent(before.connection())) {
      Connector.closeQuietly(before.session());
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      drop();
    } finally {
      lock.unlock();
    }
  }
}
