package io.trunkline.benchmarks;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;

/**
 * What it costs the broker that each node has a subscription with a selector: messages to one user
 * are published while there are more and more of them. The node under test takes the messages and
 * finds nobody connected, so that all but the selectors stays the same.
 */
final class SelectorsBenchmark {
  private static final String TOPIC = "trunkline.downlink";

  /** The node's own, whose selector the others get. */
  private static final String NODE = "gw-1";

  /** As many subscriptions, beside that node's; rising. */
  private static final List<Integer> FURTHER = List.of(0, 25, 50, 100, 200);

  /** This part of the messages of the point-to-point benchmark. */
  private static final int PART = 4;

  private static final int PER_SECOND = 4_000;
  private static final int USERS = 100;
  private static final double MICROS_PER_SECOND = 1e6;

  private final Lab lab;
  private final Sizes sizes;

  SelectorsBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  Table run() throws BenchmarkException {
    Gateway gateway = lab.gateway();
    var table =
        new Table(
            "One broker with the subscriptions of many nodes; messages to one user each, taken by"
                + " one node",
            "subscriptions with a selector",
            "broker CPU µs per message");
    try (var factory = new ActiveMQConnectionFactory(gateway.jmsUrl());
        Connection connection = factory.createConnection("gateway", lab.secret("jms-gateway"));
        Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
      String selector = selector(session);
      Topic topic = session.createTopic(TOPIC);
      var costs = new Line();
      int there = 0;
      for (int further : FURTHER) {
        for (; there < further; there++) {
          String node = "further-" + there;
          session
              .createSharedDurableConsumer(topic, "node-" + node, selector.replace(NODE, node))
              .close();
        }
        double micros = measure(gateway, further);
        costs.add(further, micros);
        table.add(1 + 1 + further, micros); // the node's own, and the one that all share
      }
      table.add("slope, by subscription", costs.slope());
    } catch (JMSException | ActiveMQException e) {
      throw new BenchmarkException("the broker failed: " + e.getMessage(), e);
    }
    return table;
  }

  /** That of the node's subscription, as the node made it. */
  private static String selector(Session session) throws ActiveMQException, BenchmarkException {
    SimpleString filter =
        ((ActiveMQSession) session)
            .getCoreSession()
            .queueQuery(SimpleString.of("node-" + NODE))
            .getFilterString();
    if (filter == null) {
      throw new BenchmarkException("the subscription of " + NODE + " has no selector");
    }
    return filter.toString();
  }

  private double measure(Gateway gateway, int further) throws BenchmarkException, JMSException {
    int messages = sizes.directMessages() / PART;
    gateway.settle();
    lab.progress().say("messages with " + further + " further subscriptions");
    publish(gateway, messages / 2);
    gateway.settle();
    double before = broker(gateway);
    publish(gateway, messages);
    gateway.settle();
    return (broker(gateway) - before) * MICROS_PER_SECOND / messages;
  }

  /** At one rate, so that batches are alike. */
  private static void publish(Gateway gateway, int messages)
      throws BenchmarkException, JMSException {
    long begin = System.nanoTime();
    for (int i = 0; i < messages; i++) {
      long due = begin + i * TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      gateway.publisher().toNobody("nobody-" + i % USERS);
    }
  }

  private static double broker(Gateway gateway) throws BenchmarkException {
    return gateway.figures().childrenCpuSeconds()
        - gateway.figures().childrenCpuSeconds("postgres");
  }
}
