package io.trunkline.jms;

import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/**
 * A JSON message that waits to be sent.
 *
 * @param body written on the sender's thread
 */
record Outgoing(
    Kind kind,
    Destination to,
    Optional<String> correlationId,
    Map<String, String> properties,
    boolean persistent,
    Supplier<String> body) {

  enum Kind {
    RECEIPT,
    EVENT
  }

  static Outgoing receipt(
      Destination to, String correlationId, boolean persistent, Receipt receipt) {
    return new Outgoing(
        Kind.RECEIPT,
        to,
        Optional.of(correlationId),
        Map.of(Properties.STATUS, receipt.status().name()),
        persistent,
        () -> ReceiptJson.write(receipt));
  }

  static Outgoing event(SessionEvent event) {
    return new Outgoing(
        Kind.EVENT,
        ActiveMQDestination.createTopic(Destinations.EVENTS),
        Optional.empty(),
        Map.of(
            Properties.EVENT, event.kind().name(),
            Properties.USER, event.user(),
            Properties.SESSION, event.session(),
            Properties.NODE, event.node()),
        /* persistent= */ false,
        () -> EventJson.write(event));
  }

  /**
   * Sends it.
   *
   * @param destination equal to {@link #to}
   */
  void send(
      Session session, MessageProducer producer, Destination destination, Completion completion)
      throws JMSException {
    Message message = session.createTextMessage(body.get());
    for (Map.Entry<String, String> property : properties.entrySet()) {
      message.setStringProperty(property.getKey(), property.getValue());
    }
    if (correlationId.isPresent()) {
      message.setJMSCorrelationID(correlationId.get());
    }
    producer.send(
        destination,
        message,
        persistent ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT,
        Message.DEFAULT_PRIORITY,
        Message.DEFAULT_TIME_TO_LIVE,
        completion);
  }
}
