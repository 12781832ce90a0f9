package io.trunkline.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.InstantSource;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/** Sends copies of received messages. Not thread-safe: as its session. */
final class Copies {
  // Kept: Artemis asks the broker about a destination when it meets the object first, and waits.
  private final Destination downlink = ActiveMQDestination.createTopic(Destinations.DOWNLINK);
  private final Destination rejected = ActiveMQDestination.createQueue(Destinations.REJECTED);

  private final Session session;
  private final MessageProducer producer;
  private final InstantSource clock;

  Copies(Session session, InstantSource clock) throws JMSException {
    this.session = session;
    this.producer = session.createProducer(null);
    this.clock = clock;
  }

  /** Passes a message on: as it was, with the time it has left, and addressed. */
  void forward(Message original, DownlinkMessage message, String node) throws JMSException {
    Message copy = withBody(original);
    copyProperties(original, copy);
    copy.setStringProperty(Properties.NODE, node);
    copy.setStringProperty(Properties.ORIGIN_ID, message.id());
    copy.setStringProperty(
        Properties.PUBLISHED, Long.toString(message.publishedAt().toEpochMilli()));
    send(original, copy, downlink);
  }

  /**
   * Puts a message aside. Several nodes may do so with the same one, or one node twice; the broker
   * keeps the first, unless two arrive in the same instant.
   */
  void putAside(Message original, Reject reject) throws JMSException {
    Message copy = asFarAsReadable(original);
    String id = original.getJMSMessageID();
    copy.setStringProperty(Properties.REJECT_CODE, reject.code().name());
    copy.setStringProperty(Properties.REJECT_REASON, reject.reason());
    if (id != null) {
      copy.setStringProperty(Properties.REJECT_ORIGINAL_ID, id);
      copy.setStringProperty(Properties.DUPLICATE_ID, id);
    }
    producer.send(
        rejected, copy, DeliveryMode.PERSISTENT, original.getJMSPriority(), /* timeToLive= */ 0);
  }

  private void send(Message original, Message copy, Destination to) throws JMSException {
    copy.setJMSReplyTo(original.getJMSReplyTo());
    copy.setJMSCorrelationID(original.getJMSCorrelationID());
    long expiration = original.getJMSExpiration();
    // Zero would mean for ever.
    long timeToLiveMs = expiration == 0 ? 0 : Math.max(1, expiration - clock.millis());
    producer.send(to, copy, original.getJMSDeliveryMode(), original.getJMSPriority(), timeToLiveMs);
  }

  /** A damaged message must not stay in the subscription for ever: then only its ids are kept. */
  private Message asFarAsReadable(Message original) throws JMSException {
    try {
      Message copy = withBody(original);
      copyProperties(original, copy);
      copy.setJMSReplyTo(original.getJMSReplyTo());
      copy.setJMSCorrelationID(original.getJMSCorrelationID());
      return copy;
    } catch (JMSException | RuntimeException e) {
      return session.createMessage();
    }
  }

  /** A message of another kind keeps its properties only: its body is not to be touched. */
  private Message withBody(Message original) throws JMSException {
    return switch (original) {
      case TextMessage text -> session.createTextMessage(text.getText());
      case BytesMessage bytes -> {
        BytesMessage copy = session.createBytesMessage();
        byte[] chunk = new byte[(int) Math.min(64 << 10, Math.max(1, bytes.getBodyLength()))];
        bytes.reset();
        for (int read = bytes.readBytes(chunk); read > 0; read = bytes.readBytes(chunk)) {
          copy.writeBytes(chunk, 0, read);
        }
        yield copy;
      }
      default -> session.createMessage();
    };
  }

  private static void copyProperties(Message from, Message to) throws JMSException {
    for (String name : Properties.names(from)) {
      // JMSX… is the provider's; _AMQ_DUPL_ID would make the broker swallow the copy.
      boolean providers = name.startsWith("JMS") || name.startsWith("_AMQ");
      if (!providers || name.equals(Properties.GROUP)) {
        to.setObjectProperty(name, from.getObjectProperty(name));
      }
    }
  }
}
