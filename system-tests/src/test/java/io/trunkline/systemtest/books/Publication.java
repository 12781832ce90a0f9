package io.trunkline.systemtest.books;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A message that the ERP system wants to be delivered.
 *
 * @param number in the order of its publisher, from 0
 * @param sends how often it was sent; more than once after failures whose outcome is not known
 */
record Publication(String id, int number, Kind kind, To to, Wish wish, AtomicInteger sends) {

  /** What is promised about a message; each kind has an equation of its own. */
  enum Kind {
    /** Persistent, to a user. */
    PLAIN,
    /** As PLAIN, with a key of which only the newest counts. */
    KEYED,
    /** As PLAIN, to be answered. */
    REPLY,
    /** Persistent, to everybody. */
    BROADCAST,
    /** Persistent, to who follows a topic. */
    TOPIC,
    /** Not persistent, to a user, a topic or everybody. */
    PASSING,
    /** As PASSING, to a user, when nothing is killed any more: none may be lost. */
    QUIET
  }

  /** Whom it is for; both empty: everybody. */
  record To(String user, String topic) {
    static final To ALL = new To("", "");

    static To user(String user) {
      return new To(user, "");
    }

    static To topic(String topic) {
      return new To("", topic);
    }

    boolean includes(Testimony testimony) {
      return equals(ALL)
          || testimony.user().equals(user)
          || (!topic.isEmpty() && testimony.topics().contains(topic));
    }
  }

  /** What the publisher expects of the client. */
  enum Expect {
    NONE,
    ACK,
    REPLY
  }

  /**
   * How it is to be treated.
   *
   * @param key empty: none
   * @param timeToLive zero: for ever
   */
  record Wish(Expect expect, String key, Duration timeToLive) {}

  boolean persistent() {
    return kind != Kind.PASSING && kind != Kind.QUIET;
  }

  boolean mayExpire() {
    return !wish.timeToLive().isZero();
  }

  /** Its {@code JMSXGroupID}; empty: none. */
  String group() {
    String name = to.user() + to.topic();
    return name.hashCode() % 2 == 0 ? name : "";
  }

  /**
   * Whether it carries a {@code JMSXGroupID}, without which several nodes may take a user's
   * messages side by side.
   */
  boolean grouped() {
    return !group().isEmpty();
  }

  /** The stream in which it comes to the client; empty: none. */
  String stream() {
    return switch (kind) {
      case PLAIN, KEYED, REPLY -> "user";
      case BROADCAST -> "broadcast";
      case TOPIC -> "topic:" + to.topic();
      case PASSING, QUIET -> "";
    };
  }
}
