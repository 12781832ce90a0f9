package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands on the texts of a topic, from now on: what comes while the broker is away is missed. */
final class TopicFeed implements SessionLoop.Work {
  private static final Logger LOG = LoggerFactory.getLogger(TopicFeed.class);
  private static final long WAIT_MS = 250;
  private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

  private final String topic;
  private final Consumer<String> handler;
  private final Runnable afterGap;
  private final LogLimit failures = new LogLimit(LOG_INTERVAL_NS, System::nanoTime);
  private boolean subscribedBefore;

  /**
   * Makes a feed.
   *
   * @param handler one text; an exception costs that one and is logged
   * @param afterGap called when it is subscribed again and may have missed something
   */
  TopicFeed(String topic, Consumer<String> handler, Runnable afterGap) {
    this.topic = topic;
    this.handler = handler;
    this.afterGap = afterGap;
  }

  @Override
  public void run(Connection connection, SessionLoop loop) throws JMSException {
    try (Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createTopic(topic))) {
      if (subscribedBefore) {
        guarded(afterGap);
      }
      subscribedBefore = true;
      loop.ready();
      while (!loop.stopping()) {
        Message message = consumer.receive(WAIT_MS);
        if (message instanceof TextMessage text) {
          String body = text.getText();
          guarded(() -> handler.accept(body));
        }
      }
    }
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      failures.log(
          leftOut ->
              LOG.warn(
                  "a message of {} is ignored: {} ({} more not logged)",
                  topic,
                  e.toString(),
                  leftOut));
    }
  }
}
