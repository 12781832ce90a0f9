package io.trunkline.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/** Passes received messages on. Not thread-safe: as its session. */
final class Copies {
  // Kept: Artemis asks the broker about a destination when it meets the object first, and waits.
  private final Destination downlink = ActiveMQDestination.createTopic(Destinations.DOWNLINK);

  private final Map<String, Destination> inboxes = new HashMap<>();

  private final Session session;
  private final MessageProducer producer;
  private final InstantSource clock;

  Copies(Session session, InstantSource clock) throws JMSException {
    this.session = session;
    this.producer = session.createProducer(null);
    this.clock = clock;
  }

  /**
   * Whom a copy is for.
   *
   * @param others who else is served, as {@link Trail#others} says
   */
  record Address(String node, List<String> others) {
    static final Address ALL = new Address(Properties.ALL_NODES, List.of());
  }

  /**
   * Passes a message on: as it was, with the time it has left, and addressed.
   *
   * @param stamp of a message that is stored: then the copy need not be
   */
  void forward(Message original, DownlinkMessage message, Address to, Optional<Stamp> stamp)
      throws JMSException {
    Message copy = withBody(session, original);
    copyProperties(original, copy);
    copy.setStringProperty(Properties.NODE, to.node());
    if (!to.equals(Address.ALL)) {
      copy.setStringProperty(Properties.HOPS, Integer.toString(message.trail().hops() + 1));
      if (!to.others().isEmpty()) {
        copy.setStringProperty(Properties.OTHERS, String.join(",", to.others()));
      }
    }
    copy.setStringProperty(Properties.ORIGIN_ID, message.jmsMessageId());
    copy.setStringProperty(
        Properties.PUBLISHED, Long.toString(message.publishedAt().toEpochMilli()));
    int deliveryMode = original.getJMSDeliveryMode();
    if (stamp.isPresent()) {
      copy.setStringProperty(Properties.EPOCH, Long.toString(stamp.get().epoch()));
      copy.setStringProperty(Properties.OFFSET, Long.toString(stamp.get().offset()));
      if (message.persistent()) {
        copy.setStringProperty(Properties.PERSISTENT, "true");
      }
      deliveryMode = DeliveryMode.NON_PERSISTENT;
    }
    copy.setJMSReplyTo(original.getJMSReplyTo());
    copy.setJMSCorrelationID(original.getJMSCorrelationID());
    long expiration = original.getJMSExpiration();
    // Zero would mean for ever.
    long timeToLiveMs = expiration == 0 ? 0 : Math.max(1, expiration - clock.millis());
    int priority = original.getJMSPriority();
    if (!to.equals(Address.ALL)) {
      try {
        producer.send(
            inboxes.computeIfAbsent(to.node(), Subscription::inboxOf),
            copy,
            deliveryMode,
            priority,
            timeToLiveMs);
        return;
      } catch (InvalidDestinationException e) {
        // The node has no subscription any more: as for all, of whom nobody selects it.
        inboxes.remove(to.node());
      }
    }
    producer.send(downlink, copy, deliveryMode, priority, timeToLiveMs);
  }

  /** A message of another kind keeps its properties only: its body is not to be touched. */
  static Message withBody(Session session, Message original) throws JMSException {
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

  static void copyProperties(Message from, Message to) throws JMSException {
    for (String name : Properties.names(from)) {
      // JMSX… is the provider's; _AMQ_DUPL_ID would make the broker swallow the copy.
      boolean providers = name.startsWith("JMS") || name.startsWith("_AMQ");
      boolean ofThisCopy = name.equals(Properties.HOPS) || name.equals(Properties.OTHERS);
      if ((!providers && !ofThisCopy) || name.equals(Properties.GROUP)) {
        to.setObjectProperty(name, from.getObjectProperty(name));
      }
    }
  }
}
