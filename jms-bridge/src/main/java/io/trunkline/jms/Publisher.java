package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Sends to one topic for callers that want to know that the broker has it. Each caller has a
 * session to itself meanwhile, so none waits for another. Thread-safe.
 */
final class Publisher implements AutoCloseable {
  private static final int MOST_IDLE = 16;

  private final BrokerLink link;
  private final String topic;
  private final Queue<Open> idle = new ConcurrentLinkedQueue<>();

  private record Open(Connection connection, Session session, MessageProducer producer) {}

  /** How a message goes out. */
  record Mode(boolean persistent, int priority, long ttlMs) {}

  /** Makes the message, on the session that it is sent by. */
  interface Writer {
    Message write(Session session) throws JMSException;
  }

  Publisher(BrokerLink link, String topic) {
    this.link = link;
    this.topic = topic;
  }

  /**
   * Sends on a connection, and returns when the broker has it.
   *
   * @return the JMS message id
   * @throws BrokerUnavailableException if the broker does not have it, or that is not known
   */
  String send(Connection connection, Mode mode, Writer writer) throws BrokerUnavailableException {
    try {
      Open open = open(connection);
      boolean sent = false;
      try {
        Message message = writer.write(open.session());
        int delivery = mode.persistent() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT;
        open.producer().send(message, delivery, mode.priority(), mode.ttlMs());
        open.session().commit();
        sent = true;
        return message.getJMSMessageID();
      } finally {
        if (sent && idle.size() < MOST_IDLE) {
          idle.add(open);
        } else {
          drop(open);
        }
      }
    } catch (JMSException e) {
      throw link.unavailable(e);
    }
  }

  private Open open(Connection connection) throws JMSException {
    for (Open open = idle.poll(); open != null; open = idle.poll()) {
      if (open.connection().equals(connection)) {
        return open;
      }
    }
    Session session = connection.createSession(Session.SESSION_TRANSACTED);
    return new Open(connection, session, session.createProducer(session.createTopic(topic)));
  }

  /** The sessions of a lost connection go with it. */
  private void drop(Open open) {
    if (link.isCurrent(open.connection())) {
      Connector.closeQuietly(open.session());
    }
  }

  @Override
  public void close() {
    for (Open open = idle.poll(); open != null; open = idle.poll()) {
      drop(open);
    }
  }
}
