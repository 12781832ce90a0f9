package io.trunkline.systemtest.cluster;

import io.trunkline.systemtest.installation.Installation;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Publishes a few messages of a test's own, beside the load. */
final class Erp {
  private final Installation installation;

  Erp(Installation installation) {
    this.installation = installation;
  }

  /**
   * Persistent, in this order.
   *
   * @return their ids
   */
  List<String> publish(String user, String prefix, int count) throws JMSException, IOException {
    List<String> ids = new ArrayList<>();
    send(
        (session, producer) -> {
          for (int i = 0; i < count; i++) {
            TextMessage message = session.createTextMessage(prefix + " " + i);
            message.setStringProperty("tl_id", prefix + "-" + i);
            message.setStringProperty("tl_user", user);
            message.setStringProperty("tl_expect", "ack");
            message.setStringProperty("JMSXGroupID", user);
            producer.send(message);
            ids.add(prefix + "-" + i);
          }
        });
    return ids;
  }

  /** Not persistent, to all connections by hand that are there. */
  void shout(String id) throws JMSException, IOException {
    send(
        (session, producer) -> {
          TextMessage message = session.createTextMessage(id);
          message.setStringProperty("tl_id", id);
          message.setStringProperty("tl_audience", RawSession.AUDIENCE);
          producer.send(
              message, DeliveryMode.NON_PERSISTENT, Message.DEFAULT_PRIORITY, /* timeToLive= */ 0);
        });
  }

  private interface Sending {
    void run(Session session, MessageProducer producer) throws JMSException;
  }

  private void send(Sending sending) throws JMSException, IOException {
    try (var factory = new ActiveMQConnectionFactory(installation.brokerUrl());
        Connection connection =
            factory.createConnection("publisher", installation.secret("jms-publisher"));
        Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer =
            session.createProducer(session.createTopic("trunkline.downlink"))) {
      sending.run(session, producer);
    }
  }
}
