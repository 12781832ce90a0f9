package io.trunkline.systemtest.books;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Reads the receipts from a queue that stays, whatever becomes of its reader and the broker: each
 * receipt once by its id, however often it comes.
 */
final class ReceiptReader implements AutoCloseable {
  private static final long RECEIVE_MS = 250;
  private static final long RETRY_MS = 200;

  /**
   * A receipt.
   *
   * @param user empty in a summary
   * @param json all of it
   */
  record Receipt(
      String id,
      String messageId,
      String correlationId,
      String status,
      String user,
      JsonObject json) {
    boolean terminal() {
      return !status.equals("DUPLICATE") && !status.equals("SUMMARY");
    }

    /** The client's answer; empty if there is none. */
    String payload() {
      return json.has("payload") ? json.get("payload").getAsString() : "";
    }
  }

  private final ActiveMQConnectionFactory factory;
  private final String password;
  private final Map<String, Receipt> byId = new ConcurrentHashMap<>();
  private final AtomicInteger repeated = new AtomicInteger();
  private final Thread thread;
  private volatile boolean stopping;

  ReceiptReader(String url, String password) {
    this.factory = Publisher.factory(url);
    this.password = password;
    this.thread = Thread.ofPlatform().name("receipts").start(this::run);
  }

  Collection<Receipt> receipts() {
    return List.copyOf(byId.values());
  }

  /** How often a receipt came that had come before. */
  int repeated() {
    return repeated.get();
  }

  private void run() {
    while (!stopping) {
      try (Connection connection = factory.createConnection("publisher", password)) {
        connection.start();
        read(connection.createSession(Session.SESSION_TRANSACTED));
      } catch (JMSException | RuntimeException e) {
        pause();
      }
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(RETRY_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(Session session) throws JMSException {
    try (MessageConsumer consumer =
        session.createConsumer(session.createQueue(Publisher.RECEIPTS))) {
      while (!stopping) {
        Message message = consumer.receive(RECEIVE_MS);
        // Taken first: an acknowledgement that fails brings it again.
        while (message != null) {
          take((TextMessage) message);
          message = consumer.receiveNoWait();
        }
        session.commit();
      }
    }
  }

  private void take(TextMessage message) throws JMSException {
    JsonObject json = JsonParser.parseString(message.getText()).getAsJsonObject();
    String id = json.get("receipt_id").getAsString();
    var receipt =
        new Receipt(
            id,
            json.get("message_id").getAsString(),
            String.valueOf(message.getJMSCorrelationID()),
            json.get("status").getAsString(),
            json.has("user") ? json.get("user").getAsString() : "",
            json);
    if (byId.putIfAbsent(id, receipt) != null) {
      repeated.incrementAndGet();
    }
  }

  @Override
  public void close() {
    stopping = true;
    Threads.join(thread);
    factory.close();
  }
}
