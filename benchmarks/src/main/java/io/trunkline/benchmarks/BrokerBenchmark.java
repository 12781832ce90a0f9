package io.trunkline.benchmarks;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/**
 * The broker alone, with nothing of the gateway's between: one thread sends to a queue in
 * transactions and takes the same messages back, each batch before the next.
 */
final class BrokerBenchmark {
  private static final String QUEUE = "receipts.bench";
  private static final List<Integer> BATCHES = List.of(1, 100, 500);
  private static final long TIMEOUT_MS = 10_000;
  private static final double MICROS_PER_SECOND = 1e6;

  private final Lab lab;
  private final Sizes sizes;

  BrokerBenchmark(Lab lab, Sizes sizes) {
    this.lab = lab;
    this.sizes = sizes;
  }

  private record Link(
      Session sending, MessageProducer producer, Session taking, MessageConsumer consumer) {}

  Table run() throws BenchmarkException {
    Gateway gateway = lab.gateway();
    Table table =
        new Table(
            "The broker alone (" + MessageLoad.PAYLOAD_BYTES + " bytes, one thread)",
            "work",
            "batch",
            "sends/s",
            "sent and taken/s",
            "broker CPU µs per message",
            "the client's");
    try (var factory = new ActiveMQConnectionFactory(gateway.jmsUrl());
        Connection connection = factory.createConnection("gateway", lab.secret("jms-gateway"))) {
      connection.start();
      Session sending = connection.createSession(Session.SESSION_TRANSACTED);
      Session taking = connection.createSession(Session.SESSION_TRANSACTED);
      Queue queue = sending.createQueue(QUEUE);
      var link =
          new Link(sending, sending.createProducer(queue), taking, taking.createConsumer(queue));
      gateway.settle();
      for (int batch : BATCHES) {
        for (boolean durable : new boolean[] {false, true}) {
          measure(table, link, batch, durable);
        }
      }
    } catch (JMSException e) {
      throw new BenchmarkException("the broker failed: " + e.getMessage(), e);
    }
    return table;
  }

  private void measure(Table table, Link link, int batch, boolean durable)
      throws JMSException, BenchmarkException {
    String name = (durable ? "durable" : "not durable") + ", sent and taken";
    lab.progress().say("broker, %s, batches of %d".formatted(name, batch));
    ProcessFigures gateway = lab.gateway().figures();
    ProcessFigures self = ProcessFigures.ofThisProcess();
    repeat(link, batch, durable, sizes.warmUpSeconds());
    double broker = gateway.childrenCpuSeconds();
    double own = self.cpuSeconds();
    long begin = System.nanoTime();
    Sum sum = repeat(link, batch, durable, sizes.callSeconds());
    double seconds = Progress.secondsSince(begin);
    table.add(
        name,
        batch,
        sum.messages() / (sum.sendingNs() / (double) TimeUnit.SECONDS.toNanos(1)),
        sum.messages() / seconds,
        (gateway.childrenCpuSeconds() - broker) * MICROS_PER_SECOND / sum.messages(),
        (self.cpuSeconds() - own) * MICROS_PER_SECOND / sum.messages());
  }

  private record Sum(long messages, long sendingNs) {}

  private static Sum repeat(Link link, int batch, boolean durable, int seconds)
      throws JMSException, BenchmarkException {
    long begin = System.nanoTime();
    long messages = 0;
    long sendingNs = 0;
    byte[] body = new byte[MessageLoad.PAYLOAD_BYTES];
    while (Progress.secondsSince(begin) < seconds) {
      long from = System.nanoTime();
      for (int i = 0; i < batch; i++) {
        BytesMessage message = link.sending().createBytesMessage();
        message.writeBytes(body);
        link.producer()
            .send(
                message,
                durable ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT,
                Message.DEFAULT_PRIORITY,
                Message.DEFAULT_TIME_TO_LIVE);
      }
      link.sending().commit();
      sendingNs += System.nanoTime() - from;
      for (int i = 0; i < batch; i++) {
        if (link.consumer().receive(TIMEOUT_MS) == null) {
          throw new BenchmarkException("a message did not come back from the broker");
        }
      }
      link.taking().commit();
      messages += batch;
    }
    return new Sum(messages, sendingNs);
  }
}
