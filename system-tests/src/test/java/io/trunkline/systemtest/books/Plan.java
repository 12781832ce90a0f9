package io.trunkline.systemtest.books;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * What a run does. The same seed gives the same messages, flaps and kills; how they fall together
 * in time is the machine's affair.
 *
 * @param users with clients
 * @param perSecond messages published
 * @param killsOfEach node, broker and database
 */
public record Plan(long seed, Duration load, int users, int perSecond, int killsOfEach) {
  private static final Duration BETWEEN_KILLS_OF_A_KIND = Duration.ofSeconds(20);
  private static final int LAUNCHER_KILLS_PER_KILLS = 2;

  /** What is killed. */
  enum Victim {
    NODE,
    BROKER,
    DATABASE,
    /** The program that runs a node and started broker and database. */
    LAUNCHER
  }

  /**
   * One kill.
   *
   * @param after since the one before it, or since what that one took down is there again
   */
  record Kill(Duration after, Victim victim) {}

  /**
   * From the system properties {@code trunkline.seed} (else random), {@code
   * trunkline.books.seconds}, {@code trunkline.books.users} and {@code trunkline.books.rate}.
   */
  static Plan fromProperties() {
    Duration load = Duration.ofSeconds(Long.getLong("trunkline.books.seconds", 35));
    return new Plan(
        anySeed(),
        load,
        Integer.getInteger("trunkline.books.users", 200),
        Integer.getInteger("trunkline.books.rate", 100),
        Integer.getInteger(
            "trunkline.books.kills",
            Math.max(2, Math.toIntExact(load.dividedBy(BETWEEN_KILLS_OF_A_KIND)))));
  }

  /** One in which nothing is killed by plan; its end is its user's affair. */
  public static Plan ofLoad(int users, int perSecond) {
    return new Plan(anySeed(), Duration.ofHours(1), users, perSecond, /* killsOfEach= */ 0);
  }

  private static long anySeed() {
    return Long.getLong("trunkline.seed", new SplittableRandom().nextInt(1, 1_000_000));
  }

  /** A generator of its own for each part, so that one part's number of calls moves no other. */
  SplittableRandom random(String part) {
    return new SplittableRandom(seed * 31 + part.hashCode());
  }

  /** In the order of time, the load's time divided among them; several can fall together. */
  List<Kill> kills() {
    List<Victim> victims = new ArrayList<>();
    for (int i = 0; i < killsOfEach; i++) {
      victims.addAll(List.of(Victim.NODE, Victim.BROKER, Victim.DATABASE));
    }
    for (int i = 0; i < killsOfEach / LAUNCHER_KILLS_PER_KILLS; i++) {
      victims.add(Victim.LAUNCHER);
    }
    SplittableRandom random = random("kills");
    Collections.shuffle(victims, Random.from(random));
    List<Kill> kills = new ArrayList<>();
    double slotMs = (double) load.toMillis() / Math.max(1, victims.size());
    for (Victim victim : victims) {
      double part = random.nextInt(4) == 0 ? 0 : random.nextDouble(0.6, 1.6);
      kills.add(new Kill(Duration.ofMillis((long) (slotMs * part)), victim));
    }
    return kills;
  }

  /** How to repeat it. */
  String command() {
    return killsOfEach == 0
        ? "-Dtrunkline.seed=" + seed
        : "./trunkline books --seed " + seed + " --seconds " + load.toSeconds();
  }
}
