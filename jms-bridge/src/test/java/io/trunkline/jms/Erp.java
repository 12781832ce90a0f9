package io.trunkline.jms;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** A publisher that knows nothing but JMS. */
final class Erp implements AutoCloseable {
  private static final long WAIT_MS = 10_000;

  private final ActiveMQConnectionFactory factory;
  private final Connection connection;
  final Session session;
  final TemporaryQueue receipts;
  private final MessageConsumer receiptConsumer;

  Erp(BrokerProcess broker) throws JMSException {
    factory = new ActiveMQConnectionFactory(broker.url());
    connection = factory.createConnection("publisher", BrokerProcess.PUBLISHER_PASSWORD);
    connection.start();
    session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    receipts = session.createTemporaryQueue();
    receiptConsumer = session.createConsumer(receipts);
  }

  TextMessage text(String body, String... properties) throws JMSException {
    TextMessage message = session.createTextMessage(body);
    for (int i = 0; i < properties.length; i += 2) {
      message.setStringProperty(properties[i], properties[i + 1]);
    }
    return message;
  }

  void persistent(Message message) throws JMSException {
    send(message, DeliveryMode.PERSISTENT);
  }

  void nonPersistent(Message message) throws JMSException {
    send(message, DeliveryMode.NON_PERSISTENT);
  }

  private void send(Message message, int mode) throws JMSException {
    try (MessageProducer producer =
        session.createProducer(session.createTopic(Destinations.DOWNLINK))) {
      producer.send(
          message, mode, Message.DEFAULT_PRIORITY, /* timeToLive= */ Message.DEFAULT_TIME_TO_LIVE);
    }
  }

  JsonNode receipt() throws JMSException {
    return Json.parse(((TextMessage) receiptMessage()).getText());
  }

  Message receiptMessage() throws JMSException {
    Message message = receiptConsumer.receive(WAIT_MS);
    if (message == null) {
      throw new AssertionError("no receipt");
    }
    return message;
  }

  /** The next of the rejected queue. */
  Message rejected() throws JMSException {
    Queue queue = session.createQueue(Destinations.REJECTED);
    try (MessageConsumer consumer = session.createConsumer(queue)) {
      Message message = consumer.receive(WAIT_MS);
      if (message == null) {
        throw new AssertionError("nothing rejected");
      }
      return message;
    }
  }

  @Override
  public void close() {
    Connector.closeQuietly(connection);
    factory.close();
  }
}
