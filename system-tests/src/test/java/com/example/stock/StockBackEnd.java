package com.example.stock;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * Answers calls of the service {@code stock} from its queue: {@code count} takes {@code
 * {"item":"tea","call":"c1"}} and answers how many there are. Arguments: broker's URL, user,
 * password, a file with its mood ({@code well}, {@code slow}, {@code broken}).
 */
public final class StockBackEnd {
  private static final int WORKERS = 16;
  private static final long WORK_MS = 20;
  private static final long SLOW_MS = 3_000;

  private StockBackEnd() {}

  public static void main(String[] arguments) throws JMSException {
    var factory = new ActiveMQConnectionFactory(arguments[0]);
    // One call for each worker at a time: what waits, waits in the queue.
    factory.setConsumerWindowSize(0);
    Connection connection = factory.createConnection(arguments[1], arguments[2]);
    Path mood = Path.of(arguments[3]);
    for (int i = 0; i < WORKERS; i++) {
      Thread.ofPlatform().name("worker-" + i).start(() -> work(connection, mood));
    }
    connection.start();
    System.out.println("ready");
  }

  private static void work(Connection connection, Path mood) {
    try (Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer calls =
            session.createConsumer(session.createQueue("trunkline.uplink.stock"));
        MessageProducer answers = session.createProducer(null)) {
      answers.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
      while (true) {
        Message call = calls.receive();
        String now = Files.readString(mood).strip();
        Thread.sleep(now.equals("slow") ? SLOW_MS : WORK_MS);
        answer(session, answers, call, now);
      }
    } catch (JMSException | IOException | InterruptedException e) {
      System.err.println("worker ends: " + e);
    }
  }

  private static void answer(Session session, MessageProducer answers, Message call, String mood)
      throws JMSException {
    if (mood.equals("broken")) {
      // Nonsense: neither text nor bytes, and the status is none.
      Message nonsense = session.createObjectMessage("?");
      nonsense.setJMSCorrelationID(call.getJMSCorrelationID());
      nonsense.setStringProperty("tl_status", "SPLENDID");
      answers.send(call.getJMSReplyTo(), nonsense);
      return;
    }
    String asked = ((TextMessage) call).getText();
    TextMessage answer = session.createTextMessage("{\"count\":17,\"asked\":" + asked + "}");
    answer.setJMSCorrelationID(call.getJMSCorrelationID());
    answer.setStringProperty("tl_content_type", "application/json");
    if (!"count".equals(call.getStringProperty("tl_method"))) {
      answer.setStringProperty("tl_status", "NOT_FOUND");
      answer.setStringProperty("tl_message", "stock can only count");
    }
    answers.send(call.getJMSReplyTo(), answer);
    // A second answer to every call: nobody may see it.
    answers.send(call.getJMSReplyTo(), answer);
  }
}
