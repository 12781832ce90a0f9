package io.trunkline.console;

import io.trunkline.jms.Command;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.SessionEvent;
import io.trunkline.jms.Target;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.JournalConfig;
import io.trunkline.persistence.SessionClose;
import io.trunkline.persistence.SessionDetach;
import io.trunkline.persistence.SessionEnd;
import io.trunkline.persistence.SessionFilter;
import io.trunkline.persistence.SessionJournal;
import io.trunkline.persistence.SessionRow;
import io.trunkline.persistence.SessionSort;
import io.trunkline.persistence.SessionStart;
import io.trunkline.persistence.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a gateway node does to database and broker, without connections: it has sessions, ends those
 * that are kicked, and acknowledges what is pushed.
 */
final class NodeStandIn implements AutoCloseable {
  private static final String NODE = "node-1";
  private static final int KICKED = 4001;

  private final Database database;
  private final JmsBridge bridge;
  private final SessionJournal journal;

  NodeStandIn(PostgresAndBroker parts) throws Exception {
    database = Database.open(parts.database());
    database.migrate();
    database
        .nodes()
        .register(NODE, "127.0.0.1:1", "127.0.0.1:2", Duration.ofMinutes(5), Duration.ZERO);
    journal =
        database.journal(
            new JournalConfig(
                500, Duration.ofMillis(20), 1_000, Duration.ofSeconds(5), Duration.ZERO),
            (started, ended) -> {
              bridge()
                  .events(
                      started.stream()
                          .map(
                              start ->
                                  event(
                                      SessionEvent.Kind.CONNECTED,
                                      start.id(),
                                      start.user(),
                                      start.device()))
                          .toList());
              bridge()
                  .events(
                      ended.stream()
                          .map(end -> event(SessionEvent.Kind.KICKED, end.id(), "?", "?"))
                          .toList());
            });
    bridge = JmsBridge.open(parts.brokerAs("gateway"), NODE);
    bridge.consumeControl(this::obey);
    bridge.consumeDownlink(
        NODE,
        new JmsBridge.DownlinkHandler() {
          @Override
          public List<JmsBridge.Route> deliver(List<DownlinkMessage> batch) {
            return resolve(batch);
          }

          @Override
          public List<JmsBridge.Route> resolve(List<DownlinkMessage> batch) {
            batch.forEach(NodeStandIn.this::acknowledge);
            return batch.stream()
                .<JmsBridge.Route>map(message -> new JmsBridge.Route.Done())
                .toList();
          }
        });
  }

  Database database() {
    return database;
  }

  void connect(String user, String device) {
    journal.started(
        new SessionStart(
            UUID.randomUUID(),
            1,
            user,
            device,
            "trunkline-java",
            "0.1.0",
            "linux",
            "tcp",
            "10.0.0.7:4711",
            NODE,
            Map.of("region", "north"),
            Instant.now(),
            Optional.empty(),
            Optional.empty()));
  }

  /** Of all of the user's sessions. */
  void loseConnection(String user, Duration ago) {
    for (SessionRow row : database.sessions().ofUsers(List.of(user))) {
      journal.detached(
          new SessionDetach(
              row.id(),
              row.epoch(),
              row.user(),
              row.device(),
              Instant.now().minus(ago),
              new SessionClose(1006, "CONNECTION_LOST", "reset by peer"),
              new Traffic(0, 0, 0, 0),
              Duration.ofMinutes(10),
              true));
    }
  }

  private JmsBridge bridge() {
    return bridge;
  }

  private void obey(Command command) {
    if (command instanceof Command.Kick kick) {
      journal.ended(
          new SessionEnd(
              kick.session(),
              1,
              "alice",
              "device",
              Instant.now(),
              KICKED,
              "KICKED",
              kick.by() + ": " + kick.reason(),
              new Traffic(0, 0, 0, 0)));
    }
  }

  private void acknowledge(DownlinkMessage message) {
    if (message.replyAddress().isEmpty()) {
      return;
    }
    for (SessionRow row :
        database.sessions().window(SessionFilter.ALL, SessionSort.NEWEST_FIRST, 0, 100)) {
      if (isMeant(message.target(), row)) {
        bridge.receipt(message, receipt(message, row));
      }
    }
  }

  private static boolean isMeant(Target target, SessionRow row) {
    return switch (target) {
      case Target.Everyone() -> true;
      case Target.User(String user, var device) -> row.user().equals(user);
      case Target.OneSession(UUID session) -> row.id().equals(session);
      case Target.Topic(var topic) -> false;
      case Target.Audience(var selector) -> false;
    };
  }

  private static Receipt receipt(DownlinkMessage message, SessionRow row) {
    return new Receipt(
        UUID.randomUUID().toString(),
        message.id(),
        Receipt.Status.DELIVERED,
        Optional.of(row.user()),
        Optional.of(row.device()),
        Optional.of(row.id().toString()),
        Optional.of(NODE),
        Instant.now(),
        "",
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private static SessionEvent event(
      SessionEvent.Kind kind, UUID session, String user, String device) {
    return new SessionEvent(
        kind,
        session.toString(),
        user,
        device,
        NODE,
        Instant.now(),
        Optional.empty(),
        Optional.empty());
  }

  @Override
  public void close() {
    journal.close();
    bridge.close();
    database.close();
  }
}
