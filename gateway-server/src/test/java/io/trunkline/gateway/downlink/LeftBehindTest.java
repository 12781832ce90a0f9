package io.trunkline.gateway.downlink;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.GatewayFixture;
import io.trunkline.gateway.StreamClient;
import io.trunkline.gateway.downlink.Erp.Message;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.Expect;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Receipt;
import io.trunkline.jms.Receipt.Status;
import io.trunkline.jms.Target;
import io.trunkline.persistence.Database;
import io.trunkline.protocol.v1.Notify;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** Passing messages that wait for a node which is dead, and nobody knows it yet. */
class LeftBehindTest {
  private static final Map<String, String> SETTINGS =
      Map.of("node.lease", "3s", "downlink.ack-timeout", "5m");

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Long enough for a busy machine. */
  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60));
  }

  /** A node that dies before anything comes for it. */
  private static final class Dying implements JmsBridge.DownlinkHandler {
    @Override
    public boolean mayResolve() {
      return false;
    }

    @Override
    public List<JmsBridge.Route> deliver(List<DownlinkMessage> batch) {
      throw new AssertionError(batch);
    }

    @Override
    public List<JmsBridge.Route> resolve(List<DownlinkMessage> batch) {
      throw new AssertionError(batch);
    }
  }

  private static void execute(GatewayFixture fixture, String sql) throws Exception {
    var db = fixture.database();
    try (Connection connection = DriverManager.getConnection(db.url(), db.user(), db.password());
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
    }
  }

  /** A session of that node, as the database has it; like one that a client really has. */
  private static void session(GatewayFixture fixture, String user, String node) throws Exception {
    execute(
        fixture,
        """
        insert into trunkline.live_session
        select (jsonb_populate_record(s, jsonb_build_object(
          'id', '%s', 'user_id', '%s', 'node_id', '%s', 'token_hash', null))).*
        from trunkline.live_session s where s.user_id = 'pattern'
        """
            .formatted(UUID.randomUUID(), user, node));
  }

  @Test
  void passing_thatWaitedForANodeThatDied_goesOnToWhereTheUserIsNow_orIsReported()
      throws Exception {
    try (GatewayFixture fixture = GatewayFixture.start(SETTINGS);
        Database database = Database.open(fixture.database());
        Erp erp = new Erp(fixture);
        StreamClient pattern = connect(fixture, "pattern")) {
      // given a node that dies with two users' sessions, and messages that are on their way to it
      await().until(() -> !database.sessions().places(List.of("pattern"), List.of()).isEmpty());
      database.nodes().register("gw-dies", "c:1", "a:1", Duration.ofHours(1), Duration.ofHours(1));
      JmsBridge dying = JmsBridge.open(fixture.jms(), "gw-dies");
      dying.consumeDownlink("gw-dies", new Dying());
      dying.close();
      session(fixture, "mover", "gw-dies");
      session(fixture, "lost", "gw-dies");
      // (what is for all stays: it is each node's own)
      String forAll = erp.publish(Message.to(new Target.Everyone(), "all").passing());
      String forMover = erp.publish(Message.to("mover", "go on").passing().expecting(Expect.ACK));
      String forLost = erp.publish(Message.to("lost", "no use").passing().expecting(Expect.ACK));
      await().until(() -> metric(fixture, "trunkline_jms_forwarded_total") == 2);
      try (StreamClient mover = connect(fixture, "mover")) {

        // when its lease ends
        execute(fixture, "update trunkline.node set lease_until = now() where id = 'gw-dies'");

        // then
        await().until(() -> metric(fixture, "trunkline_downlink_inherited_total") == 2);
        Notify got = mover.notice();
        assertThat(got.getMessageId()).isEqualTo(forMover);
        mover.ack(got);
        erp.receipt(forMover, Status.DELIVERED);
        Receipt failed = erp.receipt(forLost, Status.FAILED);
        assertThat(failed.user()).contains("lost");
        assertThat(failed.detail()).contains("node gw-dies");
        assertThat(erp.receiptsOf(forMover)).hasSize(1);
        assertThat(erp.receiptsOf(forLost)).hasSize(1);
        assertThat(pattern.notice().getMessageId()).isEqualTo(forAll);
        try (JmsBridge bridge = JmsBridge.open(fixture.jms(), "test")) {
          await()
              .until(
                  () -> {
                    JmsBridge.Removal removal = bridge.removeSubscription("gw-dies");
                    return !removal.inUse() && removal.messages() == 1;
                  });
        }
      }
    }
  }

  /** A counter of the fixture's node. */
  private static long metric(GatewayFixture fixture, String name) throws Exception {
    return HTTP.send(
            HttpRequest.newBuilder(URI.create(fixture.api() + "/observe/metrics"))
                .header("Accept", "text/plain")
                .build(),
            BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + '{') && line.contains('"' + fixture.node() + '"'))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static StreamClient connect(GatewayFixture fixture, String user) throws Exception {
    return StreamClient.connect(fixture.gateway().clientAddress(), fixture.token(user), "d1");
  }
}
