package com.example.backend;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.TextMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Answers calls of service {@code stock}, one after another; start it several times for more.
 * Arguments: the broker's URL, user, password, queue. Prints {@code ready}, then a line a call.
 */
public final class StockBackEnd {
  private StockBackEnd() {}

  public static void main(String[] arguments) throws JMSException {
    try (var factory = new ActiveMQConnectionFactory(arguments[0]);
        JMSContext context = factory.createContext(arguments[1], arguments[2]);
        JMSConsumer calls = context.createConsumer(context.createQueue(arguments[3]))) {
      System.out.println("ready");
      while (true) {
        Message call = calls.receive();
        if (call == null) {
          return; // the connection was closed
        }
        answer(context, call);
      }
    }
  }

  private static void answer(JMSContext context, Message call) throws JMSException {
    String method = call.getStringProperty("tl_method");
    System.out.println(method + " for " + call.getStringProperty("tl_user"));
    switch (String.valueOf(method)) {
      case "get" -> reply(context, call, "OK", "{\"left\":5,\"asked\":" + body(call) + "}", "");
      case "take" -> reply(context, call, "CONFLICT", "{\"left\":0}", "there is none left");
      case "ignore" -> System.out.println("no answer to that");
      case "stop" -> Runtime.getRuntime().halt(3); // as a crash would: no answer, no good-bye
      default -> reply(context, call, "NOT_FOUND", "", "no method '" + method + "'");
    }
  }

  private static void reply(
      JMSContext context, Message call, String status, String json, String message)
      throws JMSException {
    Destination to = call.getJMSReplyTo();
    if (to == null) {
      return;
    }
    TextMessage reply = context.createTextMessage(json);
    reply.setJMSCorrelationID(call.getJMSCorrelationID());
    reply.setStringProperty("tl_status", status); // OK may be left out
    reply.setStringProperty("tl_content_type", "application/json");
    if (!message.isEmpty()) {
      reply.setStringProperty("tl_message", message);
    }
    JMSProducer producer = context.createProducer();
    // A reply is worth nothing to the next process that asks.
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT).send(to, reply);
  }

  /** JSON and texts come as text, all else as bytes. */
  private static String body(Message call) throws JMSException {
    return switch (call) {
      case TextMessage text -> text.getText();
      case BytesMessage bytes -> "\"" + bytes.getBodyLength() + " bytes\"";
      default -> "null";
    };
  }
}
