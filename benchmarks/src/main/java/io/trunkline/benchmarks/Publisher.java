package io.trunkline.benchmarks;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.util.function.BiConsumer;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

/** An ERP system that knows nothing but JMS. For one thread; receipts come on another. */
final class Publisher implements AutoCloseable {
  private static final String DOWNLINK = "trunkline.downlink";

  private final ActiveMQConnectionFactory factory;
  private final Connection connection;
  private final Session session;
  private final MessageProducer producer;
  private final TemporaryQueue receipts;
  private final byte[] body = new byte[Wire.MESSAGE_BYTES];

  private volatile @Nullable BiConsumer<String, String> receiver;

  Publisher(String url, String user, String password) throws JMSException {
    factory = new ActiveMQConnectionFactory(url);
    // What is durable is published as a pipeline; the receipt says what became of it.
    factory.setBlockOnDurableSend(false);
    connection = factory.createConnection(user, password);
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    receipts = session.createTemporaryQueue();
    producer = session.createProducer(session.createTopic(DOWNLINK));
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    connection.start();
  }

  /** Messages to everyone, one after the other without waiting. */
  void broadcast(int messages) throws JMSException {
    for (int i = 0; i < messages; i++) {
      producer.send(message());
    }
  }

  /** A message that the user's client is to acknowledge, with a receipt. */
  void toUser(String user, String correlationId, boolean persistent) throws JMSException {
    Message message = message();
    message.setStringProperty("tl_user", user);
    message.setStringProperty("tl_expect", "ack");
    message.setJMSReplyTo(receipts);
    message.setJMSCorrelationID(correlationId);
    producer.send(
        message,
        persistent ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT,
        Message.DEFAULT_PRIORITY,
        Message.DEFAULT_TIME_TO_LIVE);
  }

  /** A message to a user, of which nothing is to be told. */
  void toNobody(String user) throws JMSException {
    Message message = message();
    message.setStringProperty("tl_user", user);
    producer.send(message);
  }

  private Message message() throws JMSException {
    BytesMessage message = session.createBytesMessage();
    message.writeBytes(body);
    return message;
  }

  /** From now on tells correlation id and text of each receipt, on a thread of the JMS client. */
  void onReceipt(BiConsumer<String, String> newReceiver) throws JMSException {
    boolean first = receiver == null;
    receiver = newReceiver;
    if (first) {
      // One consumer for good: a second one would share the queue with it.
      connection
          .createSession(Session.AUTO_ACKNOWLEDGE)
          .createConsumer(receipts)
          .setMessageListener(this::received);
    }
  }

  private void received(Message message) {
    try {
      BiConsumer<String, String> to = receiver;
      if (to != null) {
        to.accept(String.valueOf(message.getJMSCorrelationID()), ((TextMessage) message).getText());
      }
    } catch (JMSException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (JMSException e) {
      System.err.println("closing the publisher: " + e.getMessage());
    }
    factory.close();
  }
}
