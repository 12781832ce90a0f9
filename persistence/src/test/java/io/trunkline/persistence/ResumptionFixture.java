package io.trunkline.persistence;

import static io.trunkline.persistence.TestServer.query;

import io.trunkline.persistence.SessionResumption.Outcome;
import io.trunkline.persistence.SessionResumption.Request;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A database of its own for each test, and sessions in it that can be resumed. */
abstract class ResumptionFixture {
  static final Duration GRACE = Duration.ofMinutes(2);
  static final Duration OVERLAP = Duration.ofSeconds(30);

  static final SessionClose REUSED = new SessionClose(4402, "RESUME_TOKEN_REUSED", "used twice");

  static final SessionClose LOST = new SessionClose(4000, "CONNECTION_LOST", "lost");

  final DatabaseConfig config = TestServer.migratedDatabase();
  Database database;

  @BeforeEach
  void open() throws Exception {
    database = Database.open(config);
    database.migrate();
  }

  @AfterEach
  void close() {
    database.close();
  }

  void write(Object... records) {
    try (SessionJournal journal = database.journal(Samples.JOURNAL, Samples.NOBODY)) {
      for (Object record : records) {
        switch (record) {
          case SessionStart start -> journal.started(start);
          case SessionDetach detach -> journal.detached(detach);
          case SessionEnd end -> journal.ended(end);
          default -> throw new IllegalArgumentException("" + record);
        }
      }
    }
  }

  SessionStart detached(String user) {
    SessionStart start = Samples.start(user);
    write(start);
    write(Samples.detach(start, GRACE));
    return start;
  }

  static Request request(SessionStart start, int presented, int next) {
    return request(start.id(), start.user(), presented, next);
  }

  static Request request(UUID id, String user, int presented, int next) {
    return new Request(
        id,
        user,
        "phone",
        Samples.hash(presented),
        Samples.hash(next),
        "node-2",
        "ws",
        "10.0.0.9:1",
        "shop",
        "1.3",
        "ios",
        Map.of("region", "west"),
        Samples.NOON.plusSeconds(40));
  }

  Outcome resume(Request request) {
    return database.resumption().resume(List.of(request), OVERLAP, REUSED).getFirst();
  }

  List<String> live() {
    return query(
        config,
        "select user_id, epoch, state, node_id from trunkline.live_session order by user_id, id");
  }

  List<String> history() {
    return query(
        config,
        "select user_id, close_name, bytes_in, messages_out from trunkline.session_history"
            + " order by user_id");
  }
}
