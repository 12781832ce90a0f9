package io.trunkline.systemtest.books;

import io.trunkline.systemtest.books.Publication.Expect;
import io.trunkline.systemtest.books.Publication.Kind;
import io.trunkline.systemtest.books.Publication.To;
import io.trunkline.systemtest.books.Publication.Wish;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** What one publisher publishes: all kinds, in proportions, drawn from the seed. For one thread. */
final class Mix {
  static final String USER = "user-";
  static final String ABSENT = "absent-";
  static final String DEAF = "deaf-";

  /** How the ids of messages end that are not to be stored. */
  static final String PASSING_END = "p";

  static final int DEAF_USERS = 4;
  private static final int ABSENT_USERS = 8;
  private static final int USERS_PER_TOPIC = 10;

  /** Few, so that several of a key wait while their user is away. */
  private static final int KEYED_USERS = 40;

  private static final int KEYS = 2;
  private static final int MAX_TIME_TO_LIVE_MS = 3_000;
  private static final int MAX_TIME_TO_LIVE_OF_ABSENT_MS = 5_000;

  private final Plan plan;
  private final int index;
  private final SplittableRandom random;
  private int made;

  Mix(Plan plan, int index) {
    this.plan = plan;
    this.index = index;
    this.random = plan.random("mix " + index);
  }

  /** Everything that users can follow. */
  static int topics(Plan plan) {
    return Math.max(1, plan.users() / USERS_PER_TOPIC / Publishers.COUNT) * Publishers.COUNT;
  }

  static String topic(int number) {
    return "topic-" + number;
  }

  /** How many there were so far. */
  int made() {
    return made;
  }

  Publication next() {
    int n = made++;
    int share = random.nextInt(1_000);
    if (share < 5) {
      return publication(n, Kind.BROADCAST, To.ALL, forEver(Expect.ACK));
    }
    if (share < 70) {
      String topic = topic(own(topics(plan)));
      Expect expect = random.nextInt(4) == 0 ? Expect.NONE : Expect.ACK;
      return publication(n, Kind.TOPIC, To.topic(topic), forEver(expect));
    }
    if (share < 170) {
      return publication(n, Kind.PASSING, passingTo(), forEver(any(Expect.values())));
    }
    return toUser(n, share < 180, share >= 180 && share < 220);
  }

  private To passingTo() {
    int share = random.nextInt(100);
    if (share < 2) {
      return To.ALL;
    }
    return share < 12 ? To.topic(topic(own(topics(plan)))) : To.user(USER + own(plan.users()));
  }

  private Publication toUser(int n, boolean deaf, boolean absent) {
    int share = random.nextInt(100);
    Kind kind = share < 55 ? Kind.PLAIN : share < 80 ? Kind.KEYED : Kind.REPLY;
    int users = kind == Kind.KEYED ? Math.min(KEYED_USERS, plan.users()) : plan.users();
    String user =
        deaf ? DEAF + own(DEAF_USERS) : absent ? ABSENT + own(ABSENT_USERS) : USER + own(users);
    Expect expect =
        kind == Kind.REPLY ? Expect.REPLY : random.nextInt(4) == 0 ? Expect.NONE : Expect.ACK;
    String key = kind == Kind.KEYED ? "key-" + random.nextInt(KEYS) : "";
    return publication(n, kind, To.user(user), new Wish(expect, key, timeToLive(deaf, absent)));
  }

  private Duration timeToLive(boolean deaf, boolean absent) {
    if (absent) {
      return random.nextBoolean()
          ? Duration.ZERO
          : Duration.ofMillis(random.nextInt(500, MAX_TIME_TO_LIVE_OF_ABSENT_MS));
    }
    return deaf || random.nextInt(10) > 0
        ? Duration.ZERO
        : Duration.ofMillis(random.nextInt(50, MAX_TIME_TO_LIVE_MS));
  }

  private Publication publication(int n, Kind kind, To to, Wish wish) {
    String end = kind == Kind.PASSING ? PASSING_END : "";
    String id = "b" + plan.seed() + "-" + index + "-" + n + end;
    return new Publication(id, n, kind, to, wish, new AtomicInteger());
  }

  private static Wish forEver(Expect expect) {
    return new Wish(expect, "", Duration.ZERO);
  }

  private <T> T any(T[] of) {
    return List.of(of).get(random.nextInt(of.length));
  }

  /** A user's messages all come from one publisher, so that they have an order; so a topic's. */
  private int own(int count) {
    return random.nextInt(count / Publishers.COUNT) * Publishers.COUNT + index;
  }
}
