package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes batches from one subscription. A batch is one transaction: what the handler passes on and
 * the acknowledgement of the batch take effect together.
 */
final class DownlinkPump implements SessionLoop.Work {
  private static final Logger LOG = LoggerFactory.getLogger(DownlinkPump.class);
  private static final int BATCH_MESSAGES = 500;
  private static final int BATCH_BYTES = 4 << 20;
  private static final long FIRST_WAIT_MS = 250;

  /** Waits for what is on its way to us already; asks the broker nothing. */
  private static final long NEXT_WAIT_MS = 1;

  /** A batch's first message waits no longer than this for others, however steadily they come. */
  private static final long MAX_GATHER_NS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

  /** What is done with a batch: for each message where it goes on to. */
  interface BatchHandler {
    List<JmsBridge.Route> handle(List<DownlinkMessage> batch);
  }

  private final Subscription subscription;
  private final DownlinkParser parser;
  private final BatchHandler handler;
  private final Outbox outbox;
  private final Counters counters;
  private final InstantSource clock = InstantSource.system();
  private final LogLimit rejections = new LogLimit(LOG_INTERVAL_NS, System::nanoTime);
  private final LogLimit failures = new LogLimit(LOG_INTERVAL_NS, System::nanoTime);

  DownlinkPump(
      Subscription subscription,
      DownlinkParser parser,
      BatchHandler handler,
      Outbox outbox,
      Counters counters) {
    this.subscription = subscription;
    this.parser = parser;
    this.handler = handler;
    this.outbox = outbox;
    this.counters = counters;
  }

  private static final class Batch {
    final List<Message> originals = new ArrayList<>();
    final List<DownlinkMessage> messages = new ArrayList<>();
    final List<Message> refused = new ArrayList<>();
    final List<Reject> rejects = new ArrayList<>();
    long bytes;

    int size() {
      return originals.size() + refused.size();
    }
  }

  @Override
  public void run(Connection connection, SessionLoop loop)
      throws JMSException, InterruptedException {
    try (Session session = connection.createSession(Session.SESSION_TRANSACTED);
        Session aside = connection.createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = subscription.open(session)) {
      Copies copies = new Copies(session, clock);
      Copies rejected = new Copies(aside, clock);
      Backoff backoff = new Backoff();
      loop.ready();
      while (!loop.stopping()) {
        Batch batch = gather(consumer);
        if (batch.size() > 0) {
          if (process(batch, copies, rejected)) {
            session.commit();
            settled(batch);
            backoff.reset();
          } else {
            session.rollback();
            loop.pause(backoff.nextMs());
          }
        }
      }
    }
  }

  private Batch gather(MessageConsumer consumer) throws JMSException {
    Batch batch = new Batch();
    @Nullable Message next = consumer.receive(FIRST_WAIT_MS);
    long end = System.nanoTime() + MAX_GATHER_NS;
    while (next != null) {
      switch (parser.parse(next)) {
        case DownlinkParser.Parsed.Understood understood -> {
          batch.originals.add(next);
          batch.messages.add(understood.message());
          batch.bytes += understood.message().payload().length;
        }
        case DownlinkParser.Parsed.Refused refused -> {
          batch.refused.add(next);
          batch.rejects.add(refused.reject());
        }
      }
      boolean full =
          batch.size() >= BATCH_MESSAGES
              || batch.bytes >= BATCH_BYTES
              || System.nanoTime() - end > 0;
      next = full ? null : consumer.receive(NEXT_WAIT_MS);
    }
    return batch;
  }

  /** Returns whether the batch is done with; if not, it is to come again. */
  private boolean process(Batch batch, Copies copies, Copies rejected) throws JMSException {
    for (int i = 0; i < batch.refused.size(); i++) {
      rejected.putAside(batch.refused.get(i), batch.rejects.get(i));
    }
    if (batch.messages.isEmpty()) {
      return true;
    }
    List<JmsBridge.Route> routes;
    try {
      routes = handler.handle(batch.messages);
      if (routes.size() != batch.messages.size()) {
        throw new IllegalStateException(
            routes.size() + " routes for " + batch.messages.size() + " messages");
      }
    } catch (RuntimeException e) {
      failures.log(
          leftOut ->
              LOG.error(
                  "{} messages of {} could not be handled and come again ({} like this not logged)",
                  batch.messages.size(),
                  subscription.name(),
                  leftOut,
                  e));
      return false;
    }
    for (int i = 0; i < routes.size(); i++) {
      Message original = batch.originals.get(i);
      DownlinkMessage message = batch.messages.get(i);
      switch (routes.get(i)) {
        case JmsBridge.Route.Done _ -> {}
        case JmsBridge.Route.ToNode(String node) -> {
          Subscription.checkNode(node);
          copies.forward(original, message, node);
          counters.forwarded.increment();
        }
        case JmsBridge.Route.ToAllNodes _ -> {
          copies.forward(original, message, Properties.ALL_NODES);
          counters.forwarded.increment();
        }
      }
    }
    return true;
  }

  private void settled(Batch batch) throws JMSException {
    counters.consumed.add(batch.size());
    counters.rejected.add(batch.refused.size());
    for (int i = 0; i < batch.refused.size(); i++) {
      Message message = batch.refused.get(i);
      Reject reject = batch.rejects.get(i);
      outbox.refused(message, reject, clock.instant());
      String id = String.valueOf(message.getJMSMessageID());
      rejections.log(
          leftOut ->
              LOG.warn(
                  "rejected {}: {} {} ({} more not logged)",
                  id,
                  reject.code(),
                  reject.reason(),
                  leftOut));
    }
  }
}
