package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes batches from one source. A batch is one transaction: what the handler passes on and the
 * acknowledgement of the batch take effect together.
 */
final class DownlinkPump implements SessionLoop.Work {
  private static final Logger LOG = LoggerFactory.getLogger(DownlinkPump.class);
  private static final int BATCH_MESSAGES = 500;
  private static final int BATCH_BYTES = 4 << 20;
  private static final long FIRST_WAIT_MS = 250;

  /** How soon a handler that may not take messages is asked again. */
  private static final long NOT_READY_MS = 50;

  /** Waits for what is on its way to us already; asks the broker nothing. */
  private static final long NEXT_WAIT_MS = 1;

  /** A batch's first message waits no longer than this for others, however steadily they come. */
  private static final long MAX_GATHER_NS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

  /** What is done with a batch: for each message where it goes on to. */
  interface BatchHandler {
    /** Whether messages may be taken now; what was taken and is not handled yet goes back. */
    default boolean ready() {
      return true;
    }

    List<JmsBridge.Route> handle(List<DownlinkMessage> batch) throws BrokerUnavailableException;
  }

  /** Where the messages come from. */
  interface Source {
    String name();

    /** Opens it; called on each new connection. */
    Intake open(Session session, long maxBodyBytes) throws JMSException;
  }

  /** A message that is not understood. */
  record Refusal(Message message, Reject reject) {}

  private final String self;
  private final Source source;
  private final DownlinkParser parser;
  private final BatchHandler handler;
  private final ReceiptSender receipts;
  private final Counters counters;
  private final InstantSource clock = InstantSource.system();
  private final LogLimit rejections = new LogLimit(LOG_INTERVAL_NS, System::nanoTime);
  private final LogLimit failures = new LogLimit(LOG_INTERVAL_NS, System::nanoTime);

  DownlinkPump(
      String self,
      Source source,
      DownlinkParser parser,
      BatchHandler handler,
      ReceiptSender receipts,
      Counters counters) {
    this.self = self;
    this.source = source;
    this.parser = parser;
    this.handler = handler;
    this.receipts = receipts;
    this.counters = counters;
  }

  private static final class Batch {
    final List<Message> originals = new ArrayList<>();
    final List<DownlinkMessage> messages = new ArrayList<>();
    final List<Refusal> refused = new ArrayList<>();
    // Of the understood ones, those that the handler has refused.
    final List<Refusal> returned = new ArrayList<>();
    long bytes;

    int size() {
      return originals.size() + refused.size();
    }
  }

  @Override
  public void run(Connection connection, SessionLoop loop)
      throws JMSException, InterruptedException {
    Backoff backoff = new Backoff();
    while (!loop.stopping()) {
      if (handler.ready()) {
        takeUntilStuck(connection, loop, backoff);
        // Without the source: others who share it get meanwhile what this node cannot handle, also
        // the groups of messages that the broker had bound to it.
        loop.pause(backoff.nextMs());
      } else {
        loop.ready();
        loop.pause(NOT_READY_MS);
      }
    }
  }

  /**
   * Returns when a batch could not be handled and was given back, when messages may not be taken
   * any more, or when the loop stops.
   */
  private void takeUntilStuck(Connection connection, SessionLoop loop, Backoff backoff)
      throws JMSException {
    try (Session session = connection.createSession(Session.SESSION_TRANSACTED);
        Aside aside = new Aside(connection, receipts);
        Intake intake = source.open(session, parser.maxBodyBytes())) {
      Copies copies = new Copies(session, clock);
      loop.ready();
      while (!loop.stopping() && handler.ready()) {
        Batch batch = gather(intake);
        if (batch.size() > 0) {
          if (!handler.ready() || !process(batch, copies, aside)) {
            session.rollback();
            return;
          }
          session.commit();
          settled(batch);
          backoff.reset();
        }
      }
    }
  }

  /**
   * Takes what is there once; blocks. Ends when nothing more comes, or when a batch could not or
   * may not be handled, which then waits there again.
   *
   * @return messages that are done with
   */
  long takeWhatWaits(Connection connection) throws JMSException {
    try (Session session = connection.createSession(Session.SESSION_TRANSACTED);
        Aside aside = new Aside(connection, receipts);
        Intake intake = source.open(session, parser.maxBodyBytes())) {
      Copies copies = new Copies(session, clock);
      long taken = 0;
      for (Batch batch = gather(intake); batch.size() > 0; batch = gather(intake)) {
        if (!handler.ready() || !process(batch, copies, aside)) {
          session.rollback();
          return taken;
        }
        session.commit();
        settled(batch);
        taken += batch.size();
      }
      return taken;
    }
  }

  private Batch gather(Intake intake) throws JMSException {
    Batch batch = new Batch();
    Intake.@Nullable Taken next = intake.receive(FIRST_WAIT_MS);
    long end = System.nanoTime() + MAX_GATHER_NS;
    while (next != null) {
      Message message = next.message();
      switch (next.bodyBytes() > 0 ? parser.tooLarge(next.bodyBytes()) : parser.parse(message)) {
        case DownlinkParser.Parsed.Understood(DownlinkMessage understood) -> {
          batch.originals.add(message);
          batch.messages.add(understood);
          batch.bytes += understood.payload().length;
        }
        case DownlinkParser.Parsed.Refused(Reject reject) ->
            batch.refused.add(new Refusal(message, reject));
      }
      boolean full =
          batch.size() >= BATCH_MESSAGES
              || batch.bytes >= BATCH_BYTES
              || System.nanoTime() - end > 0;
      next = full ? null : intake.receive(NEXT_WAIT_MS);
    }
    return batch;
  }

  /** Returns whether the batch is done with; if not, it is to come again. */
  private boolean process(Batch batch, Copies copies, Aside aside) throws JMSException {
    List<JmsBridge.Route> routes;
    try {
      if (!batch.refused.isEmpty()) {
        aside.put(batch.refused, clock.instant());
      }
      routes = batch.messages.isEmpty() ? List.of() : handler.handle(batch.messages);
      if (routes.size() != batch.messages.size()) {
        throw new IllegalStateException(
            routes.size() + " routes for " + batch.messages.size() + " messages");
      }
      List<Refusal> refused = refused(batch, routes);
      if (!refused.isEmpty()) {
        aside.put(refused, clock.instant());
        batch.returned.addAll(refused);
      }
    } catch (BrokerUnavailableException | RuntimeException e) {
      failures.log(
          leftOut ->
              LOG.error(
                  "{} messages of {} could not be handled and come again ({} like this not logged)",
                  batch.size(),
                  source.name(),
                  leftOut,
                  e));
      return false;
    }
    for (int i = 0; i < routes.size(); i++) {
      Message original = batch.originals.get(i);
      DownlinkMessage message = batch.messages.get(i);
      switch (routes.get(i)) {
        case JmsBridge.Route.Done _, JmsBridge.Route.Refused _ -> {}
        case JmsBridge.Route.ToNodes(Set<String> nodes, boolean servedHere, var stamp) -> {
          for (String node : nodes) {
            Subscription.checkNode(node);
            copies.forward(original, message, address(node, nodes, servedHere), stamp);
            counters.forwarded.increment();
          }
        }
        case JmsBridge.Route.ToAllNodes(Optional<Stamp> stamp) -> {
          copies.forward(original, message, Copies.Address.ALL, stamp);
          counters.forwarded.increment();
        }
      }
    }
    return true;
  }

  private Copies.Address address(String node, Set<String> nodes, boolean servedHere) {
    List<String> others = new ArrayList<>(nodes);
    others.remove(node);
    if (servedHere) {
      others.add(self);
    }
    return new Copies.Address(node, others);
  }

  /** What the handler has refused, as if the parser had. */
  private static List<Refusal> refused(Batch batch, List<JmsBridge.Route> routes) {
    List<Refusal> refused = new ArrayList<>();
    for (int i = 0; i < routes.size(); i++) {
      if (routes.get(i) instanceof JmsBridge.Route.Refused(RejectCode code, String reason)) {
        refused.add(new Refusal(batch.originals.get(i), new Reject(code, reason)));
      }
    }
    return refused;
  }

  private void settled(Batch batch) throws JMSException {
    counters.consumed.add(batch.size());
    List<Refusal> all = new ArrayList<>(batch.refused);
    all.addAll(batch.returned);
    counters.rejected.add(all.size());
    for (Refusal refusal : all) {
      String id = String.valueOf(refusal.message().getJMSMessageID());
      rejections.log(
          leftOut ->
              LOG.warn(
                  "rejected {}: {} {} ({} more not logged)",
                  id,
                  refusal.reject().code(),
                  refusal.reject().reason(),
                  leftOut));
    }
  }
}
