package io.trunkline.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.trunkline.systemtest.installation.Installation;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.io.IOException;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** Publishes to the downlink and hears what became of it. */
final class JmsClient implements AutoCloseable {
  private static final long TIMEOUT_MS = 60_000;

  private final ActiveMQConnectionFactory factory;
  private final JMSContext context;
  private final TemporaryQueue receipts;
  private final JMSConsumer consumer;

  JmsClient(Installation installation) throws IOException {
    factory = new ActiveMQConnectionFactory(installation.jmsUrl());
    context = factory.createContext("publisher", installation.secret("jms-publisher"));
    receipts = context.createTemporaryQueue();
    consumer = context.createConsumer(receipts);
  }

  /** Makes messages. */
  JMSContext context() {
    return context;
  }

  /**
   * Publishes with a wish for receipts.
   *
   * @return the message's id
   */
  String publish(Message message) throws JMSException {
    message.setJMSReplyTo(receipts);
    context.createProducer().send(context.createTopic("trunkline.downlink"), message);
    return message.getJMSMessageID();
  }

  JsonObject awaitReceipt() throws JMSException {
    Message receipt = consumer.receive(TIMEOUT_MS);
    assertThat(receipt).as("receipt").isInstanceOf(TextMessage.class);
    return JsonParser.parseString(((TextMessage) receipt).getText()).getAsJsonObject();
  }

  /** What is kept of a message that was not understood. */
  Message awaitRejected(String messageId) {
    try (JMSConsumer rejected =
        context.createConsumer(
            context.createQueue("trunkline.downlink.rejected"),
            "tl_reject_original_id = '" + messageId + "'")) {
      Message found = rejected.receive(TIMEOUT_MS);
      assertThat(found).as("entry of the rejected queue").isNotNull();
      return found;
    }
  }

  @Override
  public void close() {
    context.close();
    factory.close();
  }
}
