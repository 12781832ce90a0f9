package io.trunkline.jms;

import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.ActiveMQExceptionType;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;
import org.apache.activemq.artemis.jms.client.JMSExceptionHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A durable subscription of {@link Destinations#DOWNLINK} and what it selects. Every message is
 * taken by all nodes' own subscriptions, by one node's own, or by the shared one.
 */
record Subscription(String name, String selector) implements DownlinkPump.Source {
  private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
  private static final Pattern NODE = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Addressed to one recipient: it is looked up who that is before it is delivered. */
  private static final String POINT_TO_POINT =
      "tl_user IS NOT NULL OR tl_session IS NOT NULL OR tl_device IS NOT NULL";

  private static final String FOR_MANY =
      "tl_user IS NULL AND tl_session IS NULL AND tl_device IS NULL";

  /**
   * What a node delivers itself: passed on to it or to all, or straight from a publisher to whoever
   * is connected.
   */
  static Subscription own(String node) {
    checkNode(node);
    return new Subscription(
        "node-" + node,
        "tl_node = '"
            + node
            + "' OR tl_node = '*' OR (tl_node IS NULL AND JMSDeliveryMode = 'NON_PERSISTENT' AND "
            + FOR_MANY
            + ")");
  }

  /**
   * Straight into a node's own subscription: the broker then asks no other subscription's selector.
   * Where there is no such subscription, sending fails with {@link
   * jakarta.jms.InvalidDestinationException}.
   */
  static Destination inboxOf(String node) {
    // Artemis' "fully qualified" name: address and queue.
    return ActiveMQDestination.createTopic(Destinations.DOWNLINK + "::" + queue(own(node).name()));
  }

  /**
   * Of what a node has left in its own subscription, the copies that were passed on to it and are
   * not stored. The subscription is not made if it is not there.
   */
  static DownlinkPump.Source leftBy(String node) {
    Subscription own = own(node);
    String passing = "%s = '%s' AND %s IS NULL".formatted(Properties.NODE, node, Properties.OFFSET);
    return new DownlinkPump.Source() {
      @Override
      public String name() {
        return own.name();
      }

      @Override
      public Intake open(Session session, long maxBodyBytes) throws JMSException {
        return Intake.open(session, queue(own.name()), Optional.of(passing), maxBodyBytes);
      }
    };
  }

  private static String queue(String subscription) {
    return ActiveMQDestination.createQueueNameForSubscription(
            /* isDurable= */ true, /* clientID= */ null, subscription)
        .toString();
  }

  /** What any one node must resolve first. */
  static Subscription shared() {
    return new Subscription(
        "route", "tl_node IS NULL AND (JMSDeliveryMode = 'PERSISTENT' OR " + POINT_TO_POINT + ")");
  }

  /**
   * Refuses a name that could not stand in a selector or a queue's name.
   *
   * @throws IllegalArgumentException if it is not 1 to 64 letters, digits, dots, hyphens or
   *     underscores
   */
  static void checkNode(String node) {
    if (!NODE.matcher(node).matches()) {
      throw new IllegalArgumentException(
          "a node id is 1 to 64 of A-Z a-z 0-9 . _ -, not '" + node + "'");
    }
  }

  @Override
  public Intake open(Session session, long maxBodyBytes) throws JMSException {
    // By a JMS consumer, which makes the subscription; it is taken from by another one.
    subscribe(session).close();
    return Intake.open(session, queue(name), maxBodyBytes);
  }

  private MessageConsumer subscribe(Session session) throws JMSException {
    Topic topic = session.createTopic(Destinations.DOWNLINK);
    try {
      return session.createSharedDurableConsumer(topic, name, selector);
    } catch (JMSException e) {
      // Only for this: after any other failure the subscription, and what waits in it, may be
      // there.
      if (!selectsSomethingElse(e)) {
        throw e;
      }
      // An older release selected something else.
      LOG.warn(
          "subscription {} of {} is made anew, what waited in it is gone: {}",
          name,
          Destinations.DOWNLINK,
          e.getMessage());
      session.unsubscribe(name);
      return session.createSharedDurableConsumer(topic, name, selector);
    }
  }

  /**
   * What there is of it; about, for the broker goes on while it is asked.
   *
   * @param consumers who take from it
   * @param messages that wait in it or are with a consumer
   */
  record Load(boolean exists, int consumers, long messages) {}

  Load load(Session session) throws JMSException {
    if (!(session instanceof ActiveMQSession artemis)) {
      throw new IllegalArgumentException("not a session of Artemis: " + session.getClass());
    }
    try {
      ClientSession.QueueQuery queue =
          artemis.getCoreSession().queueQuery(SimpleString.of(queue(name)));
      return queue.isExists()
          ? new Load(true, queue.getConsumerCount(), queue.getMessageCount())
          : new Load(false, 0, 0);
    } catch (ActiveMQException e) {
      throw JMSExceptionHelper.convertFromActiveMQException(e);
    }
  }

  /** Ends it, with all that waits in it, unless somebody takes from it. */
  JmsBridge.Removal remove(Session session) throws JMSException {
    Load load = load(session);
    if (!load.exists() || load.consumers() > 0) {
      return new JmsBridge.Removal(load.consumers() > 0, 0);
    }
    try {
      session.unsubscribe(name);
      return new JmsBridge.Removal(false, load.messages());
    } catch (IllegalStateException e) {
      LOG.info("subscription {} is in use again: {}", name, e.getMessage());
      return new JmsBridge.Removal(true, 0);
    }
  }

  private static boolean selectsSomethingElse(JMSException failure) {
    return failure.getCause() instanceof ActiveMQException cause
        && cause.getType() == ActiveMQExceptionType.INVALID_TRANSIENT_QUEUE_USE;
  }
}
