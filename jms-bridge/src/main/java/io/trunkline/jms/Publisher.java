package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Sends to one topic for callers that want to know that the broker has it. Callers share a session
 * but wait for their own answer only. Thread-safe.
 *
 * <p>In that session nothing else waits for the broker once the first message is sent: the Artemis
 * client would take the refusal of a message for the answer to that. So there is one session a
 * topic, and the topic is asked for when the session is opened.
 */
final class Publisher implements AutoCloseable {
  private final BrokerLink link;
  private final String topic;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Open open;

  private record Open(Connection connection, Session session, MessageProducer producer) {}

  /** How a message goes out. */
  record Mode(boolean persistent, boolean awaitAnswer, int priority, long ttlMs) {}

  /** Makes the message, on the session that it is sent by. */
  interface Writer {
    Message write(Session session) throws JMSException;
  }

  Publisher(BrokerLink link, String topic) {
    this.link = link;
    this.topic = topic;
  }

  /**
   * Sends on a connection.
   *
   * @return the JMS message id
   * @throws BrokerUnavailableException if the broker does not have it, or that is not known
   */
  String send(Connection connection, Mode mode, Writer writer) throws BrokerUnavailableException {
    Completion completion = new Completion();
    try {
      String id = hand(connection, mode, writer, completion);
      if (mode.awaitAnswer()) {
        completion.await(link, connection);
      }
      return id;
    } catch (JMSException e) {
      throw link.unavailable(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw link.unavailable(e);
    }
  }

  private String hand(Connection connection, Mode mode, Writer writer, Completion completion)
      throws JMSException {
    lock.lock();
    try {
      Open on = open(connection);
      Message message = writer.write(on.session());
      int delivery = mode.persistent() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT;
      if (mode.awaitAnswer()) {
        on.producer().send(message, delivery, mode.priority(), mode.ttlMs(), completion);
      } else {
        on.producer().send(message, delivery, mode.priority(), mode.ttlMs());
      }
      return message.getJMSMessageID();
    } finally {
      lock.unlock();
    }
  }

  private Open open(Connection connection) throws JMSException {
    Open before = open;
    if (before != null && before.connection().equals(connection)) {
      return before;
    }
    if (before != null) {
      Connector.closeQuietly(before.session());
    }
    open = null;
    Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
    Open now = new Open(connection, session, session.createProducer(session.createTopic(topic)));
    open = now;
    return now;
  }

  /** Sends out what was handed over without waiting. */
  @Override
  public void close() {
    lock.lock();
    try {
      Open before = open;
      open = null;
      if (before != null && link.isCurrent(before.connection())) {
        Connector.closeQuietly(before.session());
      }
    } finally {
      lock.unlock();
    }
  }
}
