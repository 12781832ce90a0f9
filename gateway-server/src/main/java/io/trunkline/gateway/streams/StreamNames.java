package io.trunkline.gateway.streams;

import io.trunkline.persistence.StreamKey;
import java.util.Optional;

/** How streams are called on the wire. PROTOCOL.md, Streams. */
final class StreamNames {
  static final String USER = "user";
  static final String BROADCAST = "broadcast";
  private static final String TOPIC = "topic:";

  private StreamNames() {}

  static String of(StreamKey key) {
    return switch (key.kind()) {
      case USER -> USER;
      case BROADCAST -> BROADCAST;
      case TOPIC -> TOPIC + key.name();
    };
  }

  /** The stream that a user's client means; empty if there is none of that name. */
  static Optional<StreamKey> parse(String name, String user) {
    if (name.equals(USER)) {
      return Optional.of(StreamKey.ofUser(user));
    }
    if (name.equals(BROADCAST)) {
      return Optional.of(StreamKey.ofBroadcasts());
    }
    return name.startsWith(TOPIC) && name.length() > TOPIC.length()
        ? Optional.of(StreamKey.ofTopic(name.substring(TOPIC.length())))
        : Optional.empty();
  }
}
