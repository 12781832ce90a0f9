package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process's temporary queue for receipts, a new one on each connection, and who waits for them.
 * Receipts for messages of an earlier connection are lost with its queue. Thread-safe.
 */
final class Replies implements SessionLoop.Work {
  private static final Logger LOG = LoggerFactory.getLogger(Replies.class);
  private static final long WAIT_MS = 250;

  private final Map<String, Consumer<Receipt>> waiting = new ConcurrentHashMap<>();
  private final ReplyQueue queue = new ReplyQueue();

  void register(String correlationId, Consumer<Receipt> receipts) {
    waiting.put(correlationId, receipts);
  }

  void forget(String correlationId) {
    waiting.remove(correlationId);
  }

  /** The queue that lives with this connection, if it is there in time. */
  Optional<Destination> queue(Connection of, Duration atMost) {
    try {
      return queue.await(of, atMost);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void run(Connection on, SessionLoop loop) throws JMSException {
    try (Session session = on.createSession(Session.AUTO_ACKNOWLEDGE)) {
      TemporaryQueue temporary = session.createTemporaryQueue();
      try (MessageConsumer consumer = session.createConsumer(temporary)) {
        queue.use(on, temporary);
        loop.ready();
        while (!loop.stopping()) {
          Message message = consumer.receive(WAIT_MS);
          if (message != null) {
            dispatch(message);
          }
        }
      } finally {
        queue.gone();
      }
    }
  }

  private void dispatch(Message message) throws JMSException {
    String correlationId = message.getJMSCorrelationID();
    Consumer<Receipt> receiver = correlationId == null ? null : waiting.get(correlationId);
    if (receiver == null || !(message instanceof TextMessage text)) {
      return;
    }
    try {
      receiver.accept(ReceiptJson.read(text.getText()));
    } catch (RuntimeException e) {
      LOG.warn("a receipt could not be handled: {}", e.toString());
    }
  }
}
