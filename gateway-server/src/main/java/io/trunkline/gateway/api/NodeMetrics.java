package io.trunkline.gateway.api;

import io.helidon.metrics.api.FunctionalCounter;
import io.helidon.metrics.api.Gauge;
import io.helidon.metrics.api.Meter;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MetricsFactory;
import io.helidon.metrics.api.Tag;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import io.trunkline.gateway.cluster.Drain;
import io.trunkline.gateway.downlink.DownlinkCounts;
import io.trunkline.gateway.session.CallCounts;
import io.trunkline.gateway.session.Handshakes;
import io.trunkline.gateway.streams.StreamCounts;
import io.trunkline.gateway.streams.Streams;
import io.trunkline.gateway.transport.ConnectionCounts;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.jms.UplinkQueues;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The node's numbers. Counters are read where they are counted, when somebody asks; Prometheus sees
 * their names with {@code _total} behind.
 */
final class NodeMetrics implements AutoCloseable {
  private final MeterRegistry registry;
  private final List<Tag> tags;
  private final List<Meter> meters = new ArrayList<>();
  // The registry refers to what it reads only weakly.
  private final List<Object> read = new ArrayList<>();
  private @Nullable TopicMetrics topics;
  private @Nullable ServiceMetrics services;

  private NodeMetrics(MeterRegistry registry, String node) {
    this.registry = registry;
    this.tags = List.of(Tag.create("node", node));
  }

  static NodeMetrics register(ManagementApi.Parts parts) {
    // Helidon writes only its global registry for Prometheus. Nodes that share a process differ by
    // their tag.
    var metrics = new NodeMetrics(registry(), parts.node());
    metrics.add(parts);
    return metrics;
  }

  /** Makes the registry, which takes its time. */
  static void prepare() {
    var _ = registry();
  }

  private static MeterRegistry registry() {
    return MetricsFactory.getInstance().globalRegistry();
  }

  /** Shows these meters, and those of the JVM. */
  MetricsObserver observer() {
    return MetricsObserver.builder().meterRegistry(registry).build();
  }

  @Override
  public void close() {
    meters.forEach(registry::remove);
    if (topics != null) {
      topics.close();
    }
    if (services != null) {
      services.close();
    }
  }

  private void add(ManagementApi.Parts parts) {
    gauge("trunkline_sessions", "Sessions that this node holds", parts.registry()::size);
    gauge("trunkline_users", "Users with a session on this node", parts.registry()::users);
    counter("trunkline_sessions_started", "Sessions begun", parts.sessions()::begun);
    counter("trunkline_sessions_ended", "Sessions ended", parts.sessions()::over);
    counter(
        "trunkline_sessions_detached",
        "Sessions whose connection was lost and that may be resumed",
        parts.sessions()::detached);
    counter("trunkline_sessions_resumed", "Sessions resumed here", parts.resumes()::resumed);
    counter(
        "trunkline_sessions_not_resumed",
        "Resume tokens that were not honoured",
        parts.resumes()::notResumed);
    connecting(parts.handshakes(), parts.connections());
    drain(parts.cluster().drain());
    counter(
        "trunkline_uplink_calls",
        "Calls from clients that have had their outcome",
        parts.uplink()::calls);
    counter(
        "trunkline_uplink_failures",
        "Calls from clients that were not answered OK",
        parts.uplink()::failures);
    clientCalls(parts.sessions().callCounts());
    services = ServiceMetrics.register(registry, tags, parts.uplink().routes());
    downlink(parts.downlink().counts());
    streams(parts.streams());
    topics = new TopicMetrics(registry, tags, parts.streams().topicCounts());
    counter(
        "trunkline_downlink_dropped",
        "Messages dropped for slow or vanished connections",
        () -> parts.lanes().stream().mapToLong(Lane::droppedMessages).sum());
    gauge(
        "trunkline_journal_backlog_records",
        "Session records that wait for the database",
        parts.journal()::backlog);
    jms(parts);
  }

  private void connecting(Handshakes handshakes, ConnectionCounts connections) {
    gauge("trunkline_connections", "Connections on the clients' port", connections::open);
    gauge("trunkline_connections_max", "As many connections as the node takes", connections::max);
    counter(
        "trunkline_connections_closed_at_once",
        "Connections closed without a word: too many even to answer",
        connections::closedAtOnce);
    counter(
        "trunkline_accept_failures",
        "Times that the system had no file or memory for a new connection",
        connections::failedAccepts);
    counter("trunkline_handshakes_admitted", "Hellos whose turn had come", handshakes::admitted);
    counter(
        "trunkline_handshakes_deferred",
        "Times that a client was told to come later",
        handshakes::deferred);
    counter("trunkline_handshakes_refused", "Clients turned away", handshakes::refused);
  }

  private void drain(Drain drain) {
    gauge(
        "trunkline_draining",
        "1 while the node is being emptied, or is empty and closed",
        () -> drain.underWay() ? 1 : 0);
    gauge(
        "trunkline_drain_sessions_left",
        "Sessions that a drain has still to move",
        () -> drain.underWay() ? drain.sessionsLeft() : 0);
    counter("trunkline_drain_sessions_told", "Sessions told to go elsewhere", drain::told);
    counter(
        "trunkline_drain_sessions_moved", "Of those told to go, sessions that went", drain::moved);
    counter(
        "trunkline_drain_sessions_closed",
        "Sessions closed because the time of a drain was over",
        drain::closed);
  }

  private void clientCalls(CallCounts counts) {
    counter("trunkline_client_calls", "Calls to clients that were wanted", counts::asked);
    counter(
        "trunkline_client_calls_refused",
        "Calls to clients that were not sent: too many, too large, or no session",
        counts::refused);
    counter(
        "trunkline_client_calls_one_way",
        "Calls sent to clients with no answer wanted",
        counts::oneWay);
    counter("trunkline_client_calls_sent", "Calls sent to clients for an answer", counts::sent);
    counter("trunkline_client_calls_answered", "Calls that clients answered", counts::answered);
    counter(
        "trunkline_client_calls_late",
        "Calls that clients did not answer by their deadline",
        counts::late);
    counter(
        "trunkline_client_calls_lost",
        "Calls under which the client's connection went away",
        counts::lost);
    counter(
        "trunkline_client_stray_answers",
        "Answers of clients that nobody waited for: late, repeated or foreign",
        counts::strayAnswers);
  }

  private void downlink(DownlinkCounts counts) {
    counter("trunkline_downlink_messages", "Messages given to sessions", counts::messages);
    counter(
        "trunkline_downlink_unreachable",
        "Messages for a user or session that is not there",
        counts::unreachable);
    counter("trunkline_downlink_expired", "Messages that came too late", counts::expired);
    counter("trunkline_downlink_acked", "Acknowledgements that were waited for", counts::acked);
    counter("trunkline_downlink_failed", "Deliveries to a session that failed", counts::failed);
    counter(
        "trunkline_downlink_stray_acks",
        "Acknowledgements that nobody waited for",
        counts::strayAcks);
    counter(
        "trunkline_downlink_from_shared",
        "Messages taken from the subscription that all nodes share",
        counts::fromShared);
    counter(
        "trunkline_downlink_from_own",
        "Messages taken from the node's own subscription",
        counts::fromOwn);
    counter(
        "trunkline_downlink_not_here",
        "Copies addressed to this node for sessions that it does not hold",
        counts::notHere);
    counter(
        "trunkline_downlink_passed_on_again",
        "Copies passed on again, to where the session has gone",
        counts::passedOnAgain);
    counter(
        "trunkline_downlink_inherited",
        "Messages taken over that waited for a node that is gone",
        counts::inherited);
    counter(
        "trunkline_downlink_places_remembered",
        "Users and sessions whose node was remembered",
        counts::placesRemembered);
    counter(
        "trunkline_downlink_places_asked",
        "Users and sessions whose node the database was asked for",
        counts::placesAsked);
  }

  private void streams(Streams streams) {
    StreamCounts counts = streams.counts();
    counter("trunkline_stored_messages", "Persistent messages stored", counts::stored);
    counter(
        "trunkline_stored_duplicates",
        "Persistent messages whose id was in their stream already",
        counts::duplicates);
    counter("trunkline_stored_sent", "Stored messages written to connections", counts::sent);
    counter(
        "trunkline_stored_resent",
        "Stored messages sent again for want of an acknowledgement",
        counts::resent);
    counter("trunkline_stored_settled", "Stored messages settled by this node", counts::settled);
    counter(
        "trunkline_stored_late_acks",
        "Acknowledgements of what had been settled before",
        counts::lateAcks);
    counter(
        "trunkline_stored_unknown_acks",
        "Acknowledgements of messages that the session never had",
        counts::unknownAcks);
    counter(
        "trunkline_stored_receipts",
        "Stored receipts that reached the broker",
        counts::receiptsSent);
    counter(
        "trunkline_stored_receipts_undeliverable",
        "Stored receipts whose destination is gone",
        counts::receiptsUndeliverable);
    counter(
        "trunkline_stored_steps_dropped",
        "Steps that traces lack because the database was away for too long",
        counts::stepsDropped);
    counter(
        "trunkline_stored_refused",
        "Acknowledgements, steps and attempts that the database never takes, and that are left out",
        counts::refused);
    gauge(
        "trunkline_stored_ledger_backlog",
        "Acknowledgements and steps that wait for the database",
        streams::ledgerBacklog);
  }

  private void jms(ManagementApi.Parts parts) {
    var bridge = parts.bridge();
    gauge(
        "trunkline_jms_connected",
        "1 while the broker is connected",
        () -> bridge.connected() ? 1 : 0);
    counter("trunkline_jms_consumed", "Messages taken from JMS", () -> bridge.counts().consumed());
    counter("trunkline_jms_rejected", "Messages not understood", () -> bridge.counts().rejected());
    counter(
        "trunkline_jms_forwarded",
        "Messages passed on to other nodes",
        () -> bridge.counts().forwarded());
    counter("trunkline_jms_receipts", "Receipts sent", () -> bridge.counts().receipts());
    counter(
        "trunkline_jms_dropped",
        "Receipts and events dropped while the broker was away",
        () -> bridge.counts().dropped());
    counter(
        "trunkline_jms_published", "Messages published here", () -> bridge.counts().published());
    UplinkQueues queues = bridge.uplinkQueues();
    counter(
        "trunkline_jms_calls_sent",
        "Calls put into queues of back ends",
        () -> queues.counts().sent());
    counter(
        "trunkline_jms_calls_answered",
        "Answers of back ends that somebody waited for",
        () -> queues.counts().replies());
    counter(
        "trunkline_jms_calls_stray_answers",
        "Answers of back ends that came late, twice or unasked",
        () -> queues.counts().strayReplies());
    gauge(
        "trunkline_jms_calls_outstanding",
        "Calls in queues of back ends without an answer yet",
        () -> queues.counts().outstanding());
  }

  private void gauge(String name, String help, Supplier<Integer> value) {
    read.add(value);
    meters.add(registry.getOrCreate(Gauge.builder(name, value).description(help).tags(tags)));
  }

  private void counter(String name, String help, LongSupplier value) {
    read.add(value);
    meters.add(
        registry.getOrCreate(
            FunctionalCounter.builder(name, value, LongSupplier::getAsLong)
                .description(help)
                .tags(tags)));
  }
}
