package io.trunkline.systemtest.books;

import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * An ERP system that publishes one message after the other at a steady rate, some alone and some in
 * transactions, and repeats under the same id what it does not know the outcome of.
 */
final class Publisher implements AutoCloseable {
  static final String RECEIPTS = "receipts.books";
  private static final int MAX_TRANSACTION = 20;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
  private static final long RETRY_MS = 200;
  private static final long PAUSE_MS = 5;

  private final Plan plan;
  private final SplittableRandom random;
  private final Mix mix;
  private final ActiveMQConnectionFactory factory;
  private final String password;
  private final ConcurrentLinkedQueue<Publication> accepted = new ConcurrentLinkedQueue<>();
  private final Thread thread;

  /** Held while it publishes; fair, since it may have no pause between two messages. */
  private final Semaphore turn = new Semaphore(1, /* fair= */ true);

  private @Nullable Open open;
  private volatile boolean finishing;
  private volatile boolean gaveUp;

  private record Open(Connection connection, Session alone, Session transacted) {}

  Publisher(Plan plan, int index, String url, String password) {
    this.plan = plan;
    this.random = plan.random("publisher " + index);
    this.mix = new Mix(plan, index);
    this.factory = factory(url);
    this.password = password;
    this.thread = Thread.ofPlatform().name("publisher-" + index).start(this::run);
  }

  static ActiveMQConnectionFactory factory(String url) {
    var factory = new ActiveMQConnectionFactory(url);
    factory.setReconnectAttempts(0);
    factory.setInitialConnectAttempts(1);
    factory.setCallTimeout(CALL_TIMEOUT.toMillis());
    return factory;
  }

  /** What the broker has said that it has. */
  List<Publication> accepted() {
    return List.copyOf(accepted);
  }

  /**
   * Publishes nothing until {@link #resume}, once the broker has what is under way.
   *
   * @return false: it has not, in this time
   */
  boolean rest(Duration atMost) throws InterruptedException {
    return turn.tryAcquire(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** After {@link #rest}. What it did not publish meanwhile is not made up for. */
  void resume() {
    turn.release();
  }

  /** No more after the one under way. */
  void finish() {
    finishing = true;
  }

  /**
   * Waits until all is published.
   *
   * @return false: it is not, in this time
   */
  boolean awaitEnd(Duration atMost) throws InterruptedException {
    gaveUp |= !thread.join(atMost);
    return !gaveUp;
  }

  private void run() {
    long startNs = System.nanoTime();
    try {
      while (true) {
        long elapsedNs = System.nanoTime() - startNs;
        if (finishing || gaveUp) {
          return;
        }
        long due = elapsedNs * plan.perSecond() / Publishers.COUNT / TimeUnit.SECONDS.toNanos(1);
        if (mix.made() >= due) {
          TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
          continue;
        }
        long restedNs = System.nanoTime();
        turn.acquire();
        startNs += System.nanoTime() - restedNs;
        boolean transaction = random.nextInt(40) == 0;
        int size = transaction ? random.nextInt(2, MAX_TRANSACTION) : 1;
        List<Publication> batch = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          batch.add(mix.next());
        }
        try {
          publish(batch, transaction);
        } finally {
          turn.release();
        }
      }
    } catch (InterruptedException e) {
      gaveUp = true;
    }
  }

  /** Returns when the broker has said that it has them. */
  private void publish(List<Publication> batch, boolean transaction) throws InterruptedException {
    while (!gaveUp) {
      try {
        send(batch, transaction);
        accepted.addAll(batch);
        return;
      } catch (JMSException | RuntimeException e) {
        disconnect();
        TimeUnit.MILLISECONDS.sleep(RETRY_MS);
      }
    }
  }

  private void send(List<Publication> batch, boolean transaction) throws JMSException {
    Open now = connect();
    Session session = transaction ? now.transacted() : now.alone();
    send(session, batch);
    if (transaction) {
      session.commit();
    }
  }

  /** One after the other. */
  static void send(Session session, List<Publication> batch) throws JMSException {
    try (MessageProducer producer =
        session.createProducer(session.createTopic("trunkline.downlink"))) {
      for (Publication publication : batch) {
        publication.sends().incrementAndGet();
        producer.send(
            message(session, publication),
            publication.persistent() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT,
            Message.DEFAULT_PRIORITY,
            publication.wish().timeToLive().toMillis());
      }
    }
  }

  private static TextMessage message(Session session, Publication publication) throws JMSException {
    TextMessage message = session.createTextMessage("number " + publication.number());
    message.setStringProperty("tl_id", publication.id());
    setIfAny(message, "tl_user", publication.to().user());
    setIfAny(message, "tl_topic", publication.to().topic());
    setIfAny(message, "tl_key", publication.wish().key());
    setIfAny(message, "JMSXGroupID", publication.group());
    message.setStringProperty(
        "tl_expect", publication.wish().expect().name().toLowerCase(Locale.ROOT));
    message.setJMSReplyTo(session.createQueue(RECEIPTS));
    message.setJMSCorrelationID("c-" + publication.id());
    return message;
  }

  private static void setIfAny(TextMessage message, String name, String value) throws JMSException {
    if (!value.isEmpty()) {
      message.setStringProperty(name, value);
    }
  }

  private Open connect() throws JMSException {
    Open before = open;
    if (before != null) {
      return before;
    }
    Connection connection = factory.createConnection("publisher", password);
    try {
      Open now =
          new Open(
              connection,
              connection.createSession(Session.AUTO_ACKNOWLEDGE),
              connection.createSession(Session.SESSION_TRANSACTED));
      open = now;
      return now;
    } catch (JMSException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  private void disconnect() {
    Open before = open;
    open = null;
    if (before != null) {
      try {
        before.connection().close();
      } catch (JMSException | RuntimeException e) {
        return; // it is gone, which is what was wanted
      }
    }
  }

  @Override
  public void close() {
    gaveUp = true;
    Threads.join(thread);
    disconnect();
    factory.close();
  }
}
