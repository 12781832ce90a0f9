package io.trunkline.persistence;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** Session records for tests. */
final class Samples {
  static final Instant NOON = Instant.parse("2026-03-02T12:00:00.123456Z");
  static final JournalConfig JOURNAL =
      new JournalConfig(500, Duration.ofMillis(5), 10_000, Duration.ofSeconds(10), Duration.ZERO);
  static final SessionJournal.Listener NOBODY = (started, ended) -> {};

  private Samples() {}

  /** Waits long enough for a busy machine. */
  static ConditionFactory eventually() {
    return Awaitility.await().atMost(Duration.ofSeconds(60));
  }

  static SessionStart start(String user) {
    return start(UUID.randomUUID(), 1, user, "node-1");
  }

  static SessionStart start(UUID id, int epoch, String user, String node) {
    return new SessionStart(
        id,
        epoch,
        user,
        "phone",
        "shop",
        "1.2",
        "ios",
        "tcp",
        "10.0.0.1:4000",
        node,
        Map.of("region", "east"),
        NOON,
        Optional.of(hash(0)),
        Optional.empty());
  }

  /** SHA-256 of a resume token's secret, as the tests number them. */
  static String hash(int number) {
    return "%064x".formatted(number);
  }

  static SessionDetach detach(SessionStart start, Duration grace) {
    return new SessionDetach(
        start.id(),
        start.epoch(),
        start.user(),
        start.device(),
        NOON.plusSeconds(30),
        new SessionClose(4000, "CONNECTION_LOST", "lost"),
        new Traffic(10, 20, 30, 40),
        grace,
        true);
  }

  static SessionEnd end(SessionStart start) {
    return end(start.id(), start.epoch());
  }

  static SessionEnd end(UUID id, int epoch) {
    return new SessionEnd(
        id,
        epoch,
        "alice",
        "d1",
        NOON.plusSeconds(60),
        4003,
        "KICKED",
        "by an operator",
        new Traffic(1, 2, 3, 4));
  }

  /** Writes these as live sessions and returns when they are committed. */
  static void write(Database database, List<SessionStart> starts) {
    try (SessionJournal journal = database.journal(JOURNAL, NOBODY)) {
      starts.forEach(journal::started);
    }
  }
}
