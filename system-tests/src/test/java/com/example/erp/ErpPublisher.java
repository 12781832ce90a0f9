package com.example.erp;

import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.TextMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Publishes a broadcast, then a message for one user, and prints the receipt of that one.
 * Arguments: broker's URL, user, password, recipient.
 */
public final class ErpPublisher {
  private static final long RECEIPT_TIMEOUT_MS = 60_000;

  private ErpPublisher() {}

  public static void main(String[] arguments) throws JMSException {
    try (var factory = new ActiveMQConnectionFactory(arguments[0]);
        JMSContext context = factory.createContext(arguments[1], arguments[2])) {
      var downlink = context.createTopic("trunkline.downlink");
      context.createProducer().send(downlink, "the shop opens at nine");

      Queue receipts = context.createTemporaryQueue();
      TextMessage order = context.createTextMessage("order 4711 is packed");
      order.setStringProperty("tl_user", arguments[3]);
      order.setStringProperty("tl_expect", "ack");
      order.setStringProperty("tl_type", "order");
      order.setJMSReplyTo(receipts);
      order.setJMSCorrelationID("4711");
      try (JMSConsumer consumer = context.createConsumer(receipts)) {
        context.createProducer().send(downlink, order);
        var receipt = (TextMessage) consumer.receive(RECEIPT_TIMEOUT_MS);
        System.out.println(receipt == null ? "no receipt" : receipt.getText());
        if (receipt != null) {
          System.out.println("correlation " + receipt.getJMSCorrelationID());
        }
      }
    }
  }
}
