package io.trunkline.jms;

import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/** Destinations as text, with their kind: so they can be stored. */
final class ReplyAddress {
  private ReplyAddress() {}

  /**
   * As text: {@code queue://x}, {@code topic://x}, {@code temp-queue://x} or {@code
   * temp-topic://x}.
   *
   * @throws IllegalArgumentException if it is none of these, or has no name
   */
  static String of(Destination destination) {
    try {
      return switch (destination) {
        case TemporaryQueue queue ->
            ActiveMQDestination.TEMP_QUEUE_QUALIFED_PREFIX + queue.getQueueName();
        case TemporaryTopic topic ->
            ActiveMQDestination.TEMP_TOPIC_QUALIFED_PREFIX + topic.getTopicName();
        case Queue queue -> ActiveMQDestination.QUEUE_QUALIFIED_PREFIX + queue.getQueueName();
        case Topic topic -> ActiveMQDestination.TOPIC_QUALIFIED_PREFIX + topic.getTopicName();
        default -> throw new IllegalArgumentException(destination + " is neither queue nor topic");
      };
    } catch (JMSException e) {
      throw new IllegalArgumentException(destination + " has no name", e);
    }
  }
}
