package io.trunkline.jms;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The bridge over the Artemis client: wires the link, its loops and their work. */
final class ArtemisBridge implements JmsBridge {
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

  private final BrokerLink link;
  private final Counters counters = new Counters();
  private final Outbox outbox;
  private final ReceiptSender receipts;
  private final Publisher publisher;
  private final Publisher commander;
  private final Replies replies = new Replies();
  private final UplinkCalls uplink;
  private final DownlinkParser parser;
  private final List<SessionLoop> consumers = new CopyOnWriteArrayList<>();
  private final SessionLoop sender;
  private final AtomicBoolean repliesStarted = new AtomicBoolean();
  private final AtomicBoolean uplinkStarted = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  private ArtemisBridge(BrokerLink link) {
    this.link = link;
    this.outbox = new Outbox(link, counters);
    this.receipts = new ReceiptSender(link, counters);
    this.publisher = new Publisher(link, Destinations.DOWNLINK);
    this.commander = new Publisher(link, Destinations.CONTROL);
    this.uplink = new UplinkCalls(link);
    this.parser = new DownlinkParser(link.config().maxBody().intBytes(), link.config().user());
    this.sender = SessionLoop.start(link, "outbox", outbox);
  }

  static JmsBridge open(JmsConfig config, String clientName) throws BrokerUnavailableException {
    return new ArtemisBridge(BrokerLink.open(config, clientName));
  }

  @Override
  public void consumeDownlink(String node, DownlinkHandler handler) {
    Subscription own = Subscription.own(node);
    pump(node, own, new Own(handler));
    pump(node, Subscription.shared(), new Shared(handler));
    // Not waited for: a broker may not have the queue.
    ExpiryReports expiry = new ExpiryReports(handler, receipts);
    consumers.add(SessionLoop.start(link, "expired", pumpOf(node, new ExpiredQueue(), expiry)));
  }

  private record Own(DownlinkHandler handler) implements DownlinkPump.BatchHandler {
    @Override
    public boolean ready() {
      return handler.mayDeliver();
    }

    @Override
    public List<Route> handle(List<DownlinkMessage> batch) {
      return handler.deliver(batch);
    }
  }

  private record Shared(DownlinkHandler handler) implements DownlinkPump.BatchHandler {
    @Override
    public boolean ready() {
      return handler.mayResolve();
    }

    @Override
    public List<Route> handle(List<DownlinkMessage> batch) {
      return handler.resolve(batch);
    }
  }

  private void pump(String node, DownlinkPump.Source source, DownlinkPump.BatchHandler handler) {
    consume(source.name(), pumpOf(node, source, handler));
  }

  private DownlinkPump pumpOf(
      String node, DownlinkPump.Source source, DownlinkPump.BatchHandler handler) {
    return new DownlinkPump(node, source, parser, handler, receipts, counters);
  }

  private record ExpiredQueue() implements DownlinkPump.Source {
    @Override
    public String name() {
      return Destinations.EXPIRED;
    }

    @Override
    public Intake open(Session session, long maxBodyBytes) throws JMSException {
      return Intake.open(session, name(), maxBodyBytes);
    }
  }

  @Override
  public void consumeControl(Consumer<Command> handler) {
    consume(
        "control",
        new TopicFeed(
            Destinations.CONTROL,
            text -> handler.accept(CommandJson.read(text)),
            () -> handler.accept(new Command.Missed())));
  }

  @Override
  public void consumeEvents(Consumer<SessionEvent> handler) {
    consume(
        "events",
        new TopicFeed(Destinations.EVENTS, text -> handler.accept(EventJson.read(text)), () -> {}));
  }

  private void consume(String name, SessionLoop.Work work) {
    SessionLoop loop = SessionLoop.start(link, name, work);
    consumers.add(loop);
    loop.awaitReady(link.config().patience());
  }

  @Override
  public void receipt(DownlinkMessage about, Receipt receipt) {
    outbox.receipt(about, receipt);
  }

  @Override
  public List<UUID> sendReceipts(List<ReceiptEnvelope> batch) throws BrokerUnavailableException {
    return receipts.send(batch);
  }

  @Override
  public void events(List<SessionEvent> events) {
    outbox.events(events);
  }

  @Override
  public void command(Command command) throws BrokerUnavailableException {
    commander.send(
        link.require(),
        new Publisher.Mode(
            /* persistent= */ false, Message.DEFAULT_PRIORITY, Message.DEFAULT_TIME_TO_LIVE),
        session -> session.createTextMessage(CommandJson.write(command)));
  }

  @Override
  public Publication publish(Draft draft, Consumer<Receipt> receipts)
      throws BrokerUnavailableException {
    String correlationId = UUID.randomUUID().toString();
    Connection connection = link.require();
    Destination replyTo = replyQueue(connection);
    replies.register(correlationId, receipts);
    boolean sent = false;
    try {
      String messageId =
          publisher.send(
              connection,
              new Publisher.Mode(draft.persistent(), draft.priority(), timeToLiveMs(draft)),
              session -> {
                Message message = Drafts.write(session, draft);
                message.setJMSReplyTo(replyTo);
                message.setJMSCorrelationID(correlationId);
                return message;
              });
      sent = true;
      counters.published.increment();
      return new Sent(draft.id().orElse(messageId), () -> replies.forget(correlationId));
    } finally {
      if (!sent) {
        replies.forget(correlationId);
      }
    }
  }

  /** JMS takes zero for ever. */
  private static long timeToLiveMs(Draft draft) {
    return draft.timeToLive().map(time -> Math.max(1, time.toMillis())).orElse(0L);
  }

  private record Sent(String messageId, Runnable end) implements Publication {
    @Override
    public void close() {
      end.run();
    }
  }

  private Destination replyQueue(Connection connection) throws BrokerUnavailableException {
    if (repliesStarted.compareAndSet(false, true)) {
      consumers.add(SessionLoop.start(link, "replies", replies));
    }
    Duration timeout = link.config().patience();
    return replies
        .queue(connection, timeout)
        .orElseThrow(
            () ->
                link.unavailable(
                    new JMSException(
                        "no queue for receipts within " + timeout.toMillis() + " ms")));
  }

  @Override
  public UplinkQueues uplinkQueues() {
    if (uplinkStarted.compareAndSet(false, true)) {
      UplinkReplies uplinkReplies = new UplinkReplies(link, uplink);
      consumers.add(SessionLoop.start(link, "uplink-replies", uplinkReplies));
      consumers.add(
          SessionLoop.start(link, "uplink", new UplinkSender(link, uplink, uplinkReplies)));
    }
    return uplink;
  }

  @Override
  public Removal removeSubscription(String node) throws BrokerUnavailableException {
    Subscription own = Subscription.own(node);
    try (Session session = link.require().createSession(Session.AUTO_ACKNOWLEDGE)) {
      return own.remove(session);
    } catch (JMSException e) {
      throw link.unavailable(e);
    }
  }

  @Override
  public Takeover takeOver(String self, String gone, Heir heir) throws BrokerUnavailableException {
    Subscription own = Subscription.own(gone);
    Connection connection = link.require();
    try {
      try (Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE)) {
        Subscription.Load load = own.load(session);
        if (load.consumers() > 0 || load.messages() == 0) {
          return new Takeover(load.consumers() > 0, 0);
        }
      }
      DownlinkPump pump = pumpOf(self, Subscription.leftBy(gone), new Inherited(heir));
      return new Takeover(false, pump.takeWhatWaits(connection));
    } catch (JMSException e) {
      throw link.unavailable(e);
    }
  }

  private record Inherited(Heir heir) implements DownlinkPump.BatchHandler {
    @Override
    public boolean ready() {
      return heir.mayTake();
    }

    @Override
    public List<Route> handle(List<DownlinkMessage> batch) {
      return heir.take(batch);
    }
  }

  @Override
  public boolean connected() {
    return link.connected();
  }

  @Override
  public Counts counts() {
    return counters.now();
  }

  /** Ends within about 8 seconds at worst; what a handler has in hand is then delivered again. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    consumers.forEach(SessionLoop::stop);
    long deadlineNs = System.nanoTime() + STOP_TIMEOUT.toNanos();
    for (SessionLoop consumer : consumers) {
      consumer.join(Duration.ofNanos(Math.max(1, deadlineNs - System.nanoTime())));
    }
    outbox.flush(FLUSH_TIMEOUT);
    sender.stop();
    if (link.connected()) {
      sender.join(FLUSH_TIMEOUT);
    }
    publisher.close();
    commander.close();
    receipts.close();
    link.close();
  }
}
