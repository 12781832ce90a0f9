package io.trunkline.gateway.downlink;

import com.google.protobuf.UnsafeByteOperations;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.Timer;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionRegistry;
import io.trunkline.gateway.streams.Streams;
import io.trunkline.gateway.streams.TopicCounts;
import io.trunkline.gateway.transport.Connection;
import io.trunkline.gateway.transport.EncodedFrame;
import io.trunkline.gateway.transport.Lane;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.Expect;
import io.trunkline.jms.Target;
import io.trunkline.persistence.SessionDirectory;
import io.trunkline.persistence.SessionFilter;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Notify;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Messages to whoever is connected here now; none of them is stored. On the bridge's threads. */
final class LiveDownlink {
  private static final Logger log = LoggerFactory.getLogger(LiveDownlink.class);

  private final String node;
  private final SessionRegistry registry;
  private final SessionDirectory directory;
  private final Streams streams;
  private final Streams.SelectorMatch selectors;
  private final List<Lane> lanes;
  private final Receipts receipts;
  private final Timer timer;
  private final Duration ackTimeout;
  private final DownlinkCounts counts;

  LiveDownlink(Downlink.Parts parts, Receipts receipts, DownlinkCounts counts) {
    this.node = parts.node();
    this.registry = parts.registry();
    this.directory = parts.directory();
    this.streams = parts.streams();
    this.selectors = parts.selectors();
    this.lanes = parts.lanes();
    this.timer = parts.timer();
    this.ackTimeout = parts.config().ackTimeout();
    this.receipts = receipts;
    this.counts = counts;
  }

  void toAll(DownlinkMessage message) {
    Dispatch dispatch =
        dispatch(message, lanes.size(), offline(message), streams.topicCounts().broadcast());
    startTimeout(dispatch, lanes);
    lanes.forEach(lane -> lane.submit(dispatch.toLane()));
  }

  void toTopic(DownlinkMessage message, Target.Topic to) {
    Dispatch dispatch = dispatch(message, lanes.size(), 0, tally(to.topic()));
    startTimeout(dispatch, lanes);
    lanes.forEach(
        lane -> lane.submit(dispatch.toSome(there -> streams.followers(to.topic(), there))));
  }

  /** Attributes do not change, so they are looked at here and not on the event loops. */
  void toAudience(DownlinkMessage message, Target.Audience to) {
    Map<Lane, List<Connection>> matched = new HashMap<>();
    for (Session session : registry.all()) {
      if (selectors.matches(to.selector(), session)) {
        matched
            .computeIfAbsent(session.connection().lane(), lane -> new ArrayList<>())
            .add(session.connection());
      }
    }
    if (matched.isEmpty()) {
      // One part, so that the summary says that nobody matched.
      matched.put(lanes.getFirst(), List.of());
    }
    Dispatch dispatch = dispatch(message, matched.size(), 0, streams.topicCounts().audience());
    startTimeout(dispatch, List.copyOf(matched.keySet()));
    matched.forEach((lane, connections) -> lane.submit(dispatch.toSome(there -> connections)));
  }

  void toSessions(DownlinkMessage message, List<Session> sessions) {
    Dispatch dispatch = dispatch(message, sessions.size(), 0, null);
    startTimeout(
        dispatch,
        sessions.stream().map(session -> session.connection().lane()).distinct().toList());
    for (Session session : sessions) {
      session.connection().lane().submit(dispatch.toOne(session.connection()));
    }
  }

  /** What nobody here follows has nothing to count, and takes no counters from others. */
  private TopicCounts.@Nullable Tally tally(String topic) {
    return streams.isFollowed(topic) ? streams.topicCounts().topic(topic) : null;
  }

  private Dispatch dispatch(
      DownlinkMessage message, int parts, long offline, TopicCounts.@Nullable Tally tally) {
    counts.messages.increment();
    EncodedFrame frame = new EncodedFrame(ByteBufAllocator.DEFAULT, frame(message));
    if (parts > 1) {
      frame.retain(parts - 1);
    }
    return new Dispatch(
        message, frame, parts, offline, new Dispatch.Books(receipts, counts, tally));
  }

  /**
   * Sessions of this node that have lost their connection; asked only for who wants to know. A
   * message that is not stored does not wait for the database: while that is away it is 0.
   */
  private long offline(DownlinkMessage message) {
    if (message.replyAddress().isEmpty()) {
      return 0;
    }
    try {
      return directory.count(
          new SessionFilter(
              Optional.empty(), Optional.of(node), Optional.of("DETACHED"), Map.of()));
    } catch (PersistenceException e) {
      log.warn(
          "who is offline cannot be counted for the summary of {}: {}", message.id(), e.toString());
      return 0;
    }
  }

  private void startTimeout(Dispatch dispatch, List<Lane> over) {
    if (!dispatch.expectsAck()) {
      return;
    }
    String why = "no acknowledgement within " + ackTimeout.toMillis() + " ms";
    dispatch.timeout(
        timer.newTimeout(
            timeout -> over.forEach(lane -> lane.loop().execute(() -> dispatch.giveUp(lane, why))),
            ackTimeout.toMillis(),
            TimeUnit.MILLISECONDS));
  }

  private static Frame frame(DownlinkMessage message) {
    Notify.Builder notify =
        Notify.newBuilder()
            .setMessageId(message.id())
            .setType(message.type())
            .setContentType(message.contentType())
            .setPayload(UnsafeByteOperations.unsafeWrap(message.payload()))
            .setExpect(wire(message.expect()))
            .setPublishedMs(message.publishedAt().toEpochMilli());
    if (message.target() instanceof Target.Topic to) {
      notify.setTopic(to.topic());
    }
    return Frame.newBuilder().setNotify(notify).build();
  }

  private static io.trunkline.protocol.v1.Expect wire(Expect expect) {
    return switch (expect) {
      case NONE -> io.trunkline.protocol.v1.Expect.NOTHING;
      case ACK -> io.trunkline.protocol.v1.Expect.ACK;
      case REPLY -> io.trunkline.protocol.v1.Expect.REPLY;
    };
  }
}
