package io.trunkline.gateway.streams;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.streams.LaneStreams.LaneStream;
import io.trunkline.persistence.StreamHead;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.StreamPosition;
import io.trunkline.protocol.v1.StreamStart;
import java.util.Optional;

/** Lets sessions follow topics, and leave them. */
final class Following {
  private final ManyStreams many;
  private final StreamContext context;
  private final ManyCursor.Filter filter;

  Following(ManyStreams many, StreamContext context, ManyCursor.Filter filter) {
    this.many = many;
    this.context = context;
    this.filter = filter;
  }

  /** What subscribing led to. */
  sealed interface Subscription {
    record Started(StreamStart start) implements Subscription {}

    record AlreadyThere(StreamStart start) implements Subscription {}

    /** The session ended meanwhile. */
    record Over() implements Subscription {}
  }

  /**
   * Makes the node follow a topic for one more session; then {@link #subscribe} or {@link
   * #unfollow}. Blocks.
   *
   * @throws jakarta.persistence.PersistenceException if the database is away
   */
  StreamHead follow(String topic) {
    return many.follow(StreamKey.ofTopic(topic));
  }

  /** Takes back {@link #follow}. */
  void unfollow(String topic) {
    many.unfollow(StreamKey.ofTopic(topic));
  }

  /** How many topics a session follows. Event loop. */
  int topics(Session session) {
    return SessionCursors.of(session).map(SessionCursors::topicCount).orElse(0);
  }

  /** Whether a session follows a topic. Event loop. */
  boolean follows(Session session, String topic) {
    return SessionCursors.of(session)
        .flatMap(cursors -> cursors.many(StreamKey.ofTopic(topic)))
        .isPresent();
  }

  /**
   * Lets a session follow a topic. On its event loop, after {@link #follow}; {@link #begin} then
   * sends what it missed.
   */
  Subscription subscribe(
      Session session, String topic, StreamHead head, Optional<StreamPosition> position) {
    StreamKey key = StreamKey.ofTopic(topic);
    Optional<SessionCursors> cursors = SessionCursors.of(session);
    if (cursors.isEmpty() || !session.connection().isOpen()) {
      unfollow(topic);
      return new Subscription.Over();
    }
    Optional<ManyCursor> present = cursors.get().many(key);
    if (present.isPresent()) {
      unfollow(topic);
      return new Subscription.AlreadyThere(
          Notices.start(StreamNames.of(key), head.epoch(), present.get().position(), true));
    }
    LaneStream stream = many.of(session.connection().lane()).stream(key, many.find(key));
    Recovery recovery = Recovery.of(head, position.orElse(null));
    long from = recovery.goesOn() ? recovery.from() : stream.last;
    var cursor = new ManyCursor(session, stream, from, context, filter);
    stream.add(cursor);
    cursors.get().add(key, cursor);
    return new Subscription.Started(
        Notices.start(StreamNames.of(key), stream.epoch, from, recovery.recovered()));
  }

  /** After the answer to Subscribe: what was missed follows. Event loop. */
  void begin(Session session, String topic) {
    SessionCursors.of(session)
        .flatMap(cursors -> cursors.many(StreamKey.ofTopic(topic)))
        .ifPresent(ManyCursor::begin);
  }

  /** False if the session did not follow it. Event loop. */
  boolean unsubscribe(Session session, String topic) {
    StreamKey key = StreamKey.ofTopic(topic);
    Optional<ManyCursor> removed =
        SessionCursors.of(session).flatMap(cursors -> cursors.remove(key));
    removed.ifPresent(
        cursor -> {
          cursor.over();
          many.unfollow(key);
        });
    return removed.isPresent();
  }
}
