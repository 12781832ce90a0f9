package io.trunkline.jms;

import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/**
 * A JSON message that waits to be sent.
 *
 * @param to with its kind, as {@code queue://…}
 * @param body written on the sender's thread
 */
record Outgoing(
    Kind kind,
    String to,
    Optional<String> correlationId,
    Map<String, String> properties,
    boolean persistent,
    Supplier<String> body)
    implements BatchSender.Sendable {

  enum Kind {
    RECEIPT,
    EVENT
  }

  static Outgoing receipt(String to, String correlationId, boolean persistent, Receipt receipt) {
    return new Outgoing(
        Kind.RECEIPT,
        to,
        Optional.of(correlationId),
        Map.of(Properties.STATUS, receipt.status().name()),
        persistent,
        () -> ReceiptJson.write(receipt));
  }

  static Outgoing receipt(ReceiptEnvelope receipt) {
    String id = receipt.id().toString();
    return new Outgoing(
        Kind.RECEIPT,
        receipt.destination(),
        Optional.of(receipt.correlationId()),
        Map.of(
            Properties.STATUS,
            receipt.status(),
            Properties.RECEIPT_ID,
            id,
            Properties.DUPLICATE_ID,
            id),
        /* persistent= */ true,
        receipt::body);
  }

  static Outgoing event(SessionEvent event) {
    return new Outgoing(
        Kind.EVENT,
        ActiveMQDestination.TOPIC_QUALIFIED_PREFIX + Destinations.EVENTS,
        Optional.empty(),
        Map.of(
            Properties.EVENT, event.kind().name(),
            Properties.USER, event.user(),
            Properties.SESSION, event.session(),
            Properties.NODE, event.node()),
        /* persistent= */ false,
        () -> EventJson.write(event));
  }

  @Override
  public int deliveryMode() {
    return persistent ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT;
  }

  @Override
  public long timeToLiveMs() {
    return Message.DEFAULT_TIME_TO_LIVE;
  }

  @Override
  public Message write(Session session) throws JMSException {
    Message message = session.createTextMessage(body.get());
    for (Map.Entry<String, String> property : properties.entrySet()) {
      message.setStringProperty(property.getKey(), property.getValue());
    }
    if (correlationId.isPresent()) {
      message.setJMSCorrelationID(correlationId.get());
    }
    return message;
  }
}
