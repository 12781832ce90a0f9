package io.trunkline.persistence;

/**
 * Names a stream of stored messages: one per user, one per topic, one for what is meant for many
 * without a topic (broadcasts and audiences).
 *
 * @param name the user or the topic; empty for the broadcast stream
 */
public record StreamKey(Kind kind, String name) {
  private static final StreamKey BROADCAST = new StreamKey(Kind.BROADCAST, "");

  /** Names are stored: append only. */
  public enum Kind {
    USER,
    TOPIC,
    BROADCAST
  }

  public StreamKey {
    if ((kind == Kind.BROADCAST) != name.isEmpty()) {
      throw new IllegalArgumentException("a stream of kind " + kind + " named '" + name + "'");
    }
  }

  public static StreamKey ofUser(String user) {
    return new StreamKey(Kind.USER, user);
  }

  public static StreamKey ofTopic(String topic) {
    return new StreamKey(Kind.TOPIC, topic);
  }

  public static StreamKey ofBroadcasts() {
    return BROADCAST;
  }
}
