package io.trunkline.jms;

import static io.trunkline.jms.RejectedException.shown;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import java.util.List;
import java.util.Optional;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/**
 * Where receipts go, as text with the kind of destination: {@code queue://x}, {@code topic://x},
 * {@code temp-queue://x} or {@code temp-topic://x}.
 */
final class ReplyAddress {
  /** Destinations that no receipt goes to: they would be taken for messages or commands. */
  private static final List<String> RESERVED = List.of("trunkline.", "activemq.", "$");

  private ReplyAddress() {}

  /** Of a message that may be refused for another reason; empty where it names no such place. */
  static Optional<String> ofRefused(Message message) {
    try {
      return of(message);
    } catch (JMSException | RejectedException | RuntimeException e) {
      return Optional.empty();
    }
  }

  /**
   * Of a message.
   *
   * @throws RejectedException if it names one of the gateway's or broker's own destinations
   */
  static Optional<String> of(Message message) throws JMSException, RejectedException {
    Destination replyTo = message.getJMSReplyTo();
    if (replyTo == null) {
      return Optional.empty();
    }
    String prefix = prefix(replyTo);
    String name =
        switch (replyTo) {
          case Queue queue -> queue.getQueueName();
          case Topic topic -> topic.getTopicName();
          default -> "";
        };
    if (name == null || name.isEmpty() || reserved(name)) {
      throw new RejectedException(
          RejectCode.INVALID_REPLY_TO,
          "JMSReplyTo " + shown(String.valueOf(name)) + " is not a destination for receipts");
    }
    return Optional.of(prefix + name);
  }

  private static boolean reserved(String name) {
    for (String prefix : RESERVED) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private static String prefix(Destination destination) {
    return switch (destination) {
      case TemporaryQueue _ -> ActiveMQDestination.TEMP_QUEUE_QUALIFED_PREFIX;
      case TemporaryTopic _ -> ActiveMQDestination.TEMP_TOPIC_QUALIFED_PREFIX;
      case Topic _ -> ActiveMQDestination.TOPIC_QUALIFIED_PREFIX;
      default -> ActiveMQDestination.QUEUE_QUALIFIED_PREFIX;
    };
  }
}
