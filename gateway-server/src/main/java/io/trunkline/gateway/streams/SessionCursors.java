package io.trunkline.gateway.streams;

import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionStreams;
import io.trunkline.persistence.StreamKey;
import io.trunkline.protocol.v1.Ack;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A session's cursors. Confined to its event loop. */
final class SessionCursors implements SessionStreams {
  private final UserCursor user;
  private final ManyCursor broadcasts;
  private final ManyStreams many;
  private final String userName;
  // Most sessions follow no topic.
  private @Nullable Map<StreamKey, ManyCursor> topics;

  SessionCursors(String userName, UserCursor user, ManyCursor broadcasts, ManyStreams many) {
    this.userName = userName;
    this.user = user;
    this.broadcasts = broadcasts;
    this.many = many;
  }

  /** Of a session that has them. */
  static Optional<SessionCursors> of(@Nullable Object owner) {
    return owner instanceof Session session && session.streams() instanceof SessionCursors cursors
        ? Optional.of(cursors)
        : Optional.empty();
  }

  UserCursor user() {
    return user;
  }

  void begin() {
    user.begin();
    broadcasts.begin();
  }

  Optional<ManyCursor> many(StreamKey key) {
    return switch (key.kind()) {
      case BROADCAST -> Optional.of(broadcasts);
      case TOPIC -> topics == null ? Optional.empty() : Optional.ofNullable(topics.get(key));
      case USER -> Optional.empty();
    };
  }

  int topicCount() {
    return topics == null ? 0 : topics.size();
  }

  void add(StreamKey topic, ManyCursor cursor) {
    if (topics == null) {
      topics = new HashMap<>(4);
    }
    topics.put(topic, cursor);
  }

  Optional<ManyCursor> remove(StreamKey topic) {
    ManyCursor removed = topics == null ? null : topics.remove(topic);
    if (topics != null && topics.isEmpty()) {
      topics = null;
    }
    return Optional.ofNullable(removed);
  }

  private Collection<ManyCursor> topicCursors() {
    return topics == null ? List.of() : List.copyOf(topics.values());
  }

  @Override
  public boolean acknowledge(Ack ack) {
    if (ack.getStream().isEmpty()) {
      return user.acknowledge(ack)
          || broadcasts.acknowledge(ack)
          || topicCursors().stream().anyMatch(cursor -> cursor.acknowledge(ack));
    }
    if (ack.getStream().equals(StreamNames.USER)) {
      return user.acknowledge(ack);
    }
    return StreamNames.parse(ack.getStream(), userName)
        .flatMap(this::many)
        .map(cursor -> cursor.acknowledge(ack))
        .orElse(false);
  }

  @Override
  public void writable() {
    user.writable();
    broadcasts.writable();
    topicCursors().forEach(ManyCursor::writable);
  }

  @Override
  public void over() {
    user.over();
    broadcasts.over();
    if (topics != null) {
      topics.forEach(
          (topic, cursor) -> {
            cursor.over();
            many.unfollow(topic);
          });
      topics = null;
    }
  }
}
