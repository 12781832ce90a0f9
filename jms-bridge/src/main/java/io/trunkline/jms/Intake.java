package io.trunkline.jms;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.Optional;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.core.client.impl.ClientLargeMessageImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.jms.client.JMSExceptionHelper;

/**
 * Takes messages from a queue as a JMS consumer would, except that a body which is too large is
 * never loaded: a JMS consumer of Artemis has the whole body in memory before its caller can ask
 * for its size. Nor is the body of a message touched that is neither text nor bytes. Not
 * thread-safe: as its session.
 */
final class Intake implements AutoCloseable {
  /** Artemis keeps the characters of a text as two bytes each. */
  private static final int BYTES_PER_CHAR = 2;

  private final ActiveMQSession session;
  private final ClientConsumer consumer;
  private final long maxBodyBytes;

  private Intake(ActiveMQSession session, ClientConsumer consumer, long maxBodyBytes) {
    this.session = session;
    this.consumer = consumer;
    this.maxBodyBytes = maxBodyBytes;
  }

  /**
   * Opens it.
   *
   * @param session transacted: what is taken is acknowledged by its commit
   */
  static Intake open(Session session, String queue, long maxBodyBytes) throws JMSException {
    return open(session, queue, Optional.empty(), maxBodyBytes);
  }

  /**
   * Opens it for a part of what is in the queue.
   *
   * @param filter as {@link #open(Session, String, long)} with a selector over properties
   */
  static Intake open(Session session, String queue, Optional<String> filter, long maxBodyBytes)
      throws JMSException {
    if (!(session instanceof ActiveMQSession artemis)) {
      throw new IllegalArgumentException("not a session of Artemis: " + session.getClass());
    }
    try {
      return new Intake(
          artemis,
          artemis
              .getCoreSession()
              .createConsumer(SimpleString.of(queue), filter.map(SimpleString::of).orElse(null)),
          maxBodyBytes);
    } catch (ActiveMQException e) {
      throw JMSExceptionHelper.convertFromActiveMQException(e);
    }
  }

  /**
   * A message.
   *
   * @param bodyBytes of a body that is too large and was not loaded, else 0
   */
  record Taken(Message message, long bodyBytes) {}

  /** The next one, or null if there is none in time. */
  @org.jspecify.annotations.Nullable
  Taken receive(long waitMs) throws JMSException {
    try {
      ClientMessage core = consumer.receive(waitMs);
      if (core == null) {
        return null;
      }
      ActiveMQMessage message = ActiveMQMessage.createMessage(core, session.getCoreSession());
      core.acknowledge();
      long bytes = largeBodyBytes(core, message);
      if (bytes <= maxBodyBytes
          && (message instanceof TextMessage || message instanceof BytesMessage)) {
        message.doBeforeReceive();
        bytes = 0;
      }
      return new Taken(message, bytes > maxBodyBytes ? bytes : 0);
    } catch (ActiveMQException e) {
      throw JMSExceptionHelper.convertFromActiveMQException(e);
    }
  }

  /** At least so large, of what is not in memory yet. */
  private static long largeBodyBytes(ClientMessage core, Message message) {
    if (!(core instanceof ClientLargeMessageImpl large)) {
      return 0;
    }
    long bytes = large.getLargeMessageSize();
    if (core.containsProperty(org.apache.activemq.artemis.api.core.Message.HDR_LARGE_BODY_SIZE)) {
      // Of a compressed one.
      bytes = Math.max(bytes, core.getBodySize());
    }
    return message instanceof TextMessage ? bytes / BYTES_PER_CHAR : bytes;
  }

  @Override
  public void close() throws JMSException {
    try {
      consumer.close();
    } catch (ActiveMQException e) {
      throw JMSExceptionHelper.convertFromActiveMQException(e);
    }
  }
}
