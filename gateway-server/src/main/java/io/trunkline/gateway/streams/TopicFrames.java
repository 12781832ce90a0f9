package io.trunkline.gateway.streams;

import io.trunkline.gateway.session.Session;
import io.trunkline.persistence.StreamHead;
import io.trunkline.protocol.WireLimits;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.Subscribe;
import io.trunkline.protocol.v1.Subscribed;
import io.trunkline.protocol.v1.Unsubscribe;
import io.trunkline.protocol.v1.Unsubscribed;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Subscribe and Unsubscribe, answered. On the session's event loop. PROTOCOL.md, Topics. */
public final class TopicFrames {
  private static final Logger log = LoggerFactory.getLogger(TopicFrames.class);
  private static final int RETRY_AFTER_MS = 1_000;

  private final Following following;
  private final int maxTopics;
  private final Executor blocking;

  /**
   * @param blocking runs what asks the database
   */
  public TopicFrames(Streams streams, StreamsConfig config, Executor blocking) {
    this.following = streams.following();
    this.maxTopics = config.maxTopics();
    this.blocking = blocking;
  }

  public void subscribe(Session session, Subscribe subscribe) {
    String topic = subscribe.getTopic();
    if (!isTopic(topic)) {
      refuse(
          session,
          subscribe,
          Status.INVALID_ARGUMENT,
          "a topic has 1 to " + WireLimits.MAX_NAME_BYTES + " bytes and no control characters");
    } else if (!session.info().topics().allows(topic)) {
      refuse(session, subscribe, Status.PERMISSION_DENIED, "the token does not grant this topic");
    } else if (hasTooMany(session, topic)) {
      refuseTooMany(session, subscribe);
    } else {
      blocking.execute(() -> follow(session, subscribe));
    }
  }

  private boolean hasTooMany(Session session, String topic) {
    return following.topics(session) >= maxTopics && !following.follows(session, topic);
  }

  private void refuseTooMany(Session session, Subscribe to) {
    refuse(session, to, Status.BUSY, "a session follows at most " + maxTopics + " topics");
  }

  private static boolean isTopic(String topic) {
    return !topic.isEmpty()
        && topic.getBytes(StandardCharsets.UTF_8).length <= WireLimits.MAX_NAME_BYTES
        && topic.chars().noneMatch(Character::isISOControl);
  }

  private void follow(Session session, Subscribe subscribe) {
    StreamHead head;
    try {
      head = following.follow(subscribe.getTopic());
    } catch (RuntimeException e) {
      log.info("{} cannot follow {} now: {}", session, subscribe.getTopic(), e.toString());
      session.onLoop(
          () ->
              refuse(
                  session,
                  subscribe,
                  Status.UNAVAILABLE,
                  "where the topic stands cannot be read now; try again after "
                      + RETRY_AFTER_MS
                      + " ms"));
      return;
    }
    session.onLoop(() -> followed(session, subscribe, head));
  }

  private void followed(Session session, Subscribe subscribe, StreamHead head) {
    if (hasTooMany(session, subscribe.getTopic())) {
      // Others that were asked for at the same time were there first.
      following.unfollow(subscribe.getTopic());
      refuseTooMany(session, subscribe);
      return;
    }
    Optional<StreamPosition> position =
        subscribe.hasPosition() ? Optional.of(subscribe.getPosition()) : Optional.empty();
    switch (following.subscribe(session, subscribe.getTopic(), head, position)) {
      case Following.Subscription.Started started -> {
        send(
            session, Subscribed.newBuilder().setSeq(subscribe.getSeq()).setStream(started.start()));
        following.begin(session, subscribe.getTopic());
      }
      case Following.Subscription.AlreadyThere there ->
          send(
              session,
              Subscribed.newBuilder()
                  .setSeq(subscribe.getSeq())
                  .setMessage("followed already")
                  .setStream(there.start()));
      case Following.Subscription.Over _ -> {}
    }
  }

  private static void refuse(Session session, Subscribe to, Status status, String why) {
    send(session, Subscribed.newBuilder().setSeq(to.getSeq()).setStatus(status).setMessage(why));
  }

  private static void send(Session session, Subscribed.Builder answer) {
    session.send(Frame.newBuilder().setSubscribed(answer).build());
    session.connection().flushSoon();
  }

  public void unsubscribe(Session session, Unsubscribe unsubscribe) {
    boolean followed = following.unsubscribe(session, unsubscribe.getTopic());
    Unsubscribed.Builder answer = Unsubscribed.newBuilder().setSeq(unsubscribe.getSeq());
    if (!followed) {
      answer.setStatus(Status.NOT_FOUND).setMessage("this session does not follow the topic");
    }
    session.send(Frame.newBuilder().setUnsubscribed(answer).build());
    session.connection().flushSoon();
  }
}
