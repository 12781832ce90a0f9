package io.trunkline.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.jms.Command;
import io.trunkline.jms.JmsBridge;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A node that joins one whose next renewal is minutes away. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArrivalTest {
  private static final Map<String, String> LONG_LEASE = Map.of("node.lease", "10m");

  private GatewayFixture fixture;

  @BeforeAll
  void start() {
    fixture = GatewayFixture.start(LONG_LEASE);
  }

  @AfterAll
  void stop() {
    fixture.close();
  }

  @Test
  void nodeThatJoins_isKnownToTheOther_thoughThatWasNotToRenewYet() throws Exception {
    try (Gateway _ = fixture.startNode("gw-joins", LONG_LEASE);
        HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest assign =
          HttpRequest.newBuilder(URI.create(fixture.api() + "/api/v1/nodes/assign?n=16"))
              .header("Authorization", "Bearer " + GatewayFixture.API_TOKEN)
              .build();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> http.send(assign, BodyHandlers.ofString()).body().contains("gw-joins"));
    }
  }

  @Test
  void announce_whenTheCommandIsLost_waitsUntilTheOtherHasRenewed() throws Exception {
    try (Database database = Database.open(fixture.database());
        JmsBridge bridge = JmsBridge.open(fixture.jms(), "test")) {
      database.nodes().register("gw-late", "c:1", "a:1", Duration.ofHours(1), Duration.ZERO);
      Instant before = leaseOfOther(database);
      var told = new CompletableFuture<Void>();
      var leaseThen = new CompletableFuture<Instant>();
      Thread.startVirtualThread(
          () -> {
            new Arrival(database.nodes(), "gw-late", Duration.ofHours(1))
                .announce(
                    () -> {
                      told.complete(null);
                      throw new IOException("lost");
                    });
            leaseThen.complete(leaseOfOther(database));
          });
      told.join();

      bridge.command(new Command.NodeChanged("gw-late"));

      assertThat(leaseThen.join()).isAfter(before);
      database.nodes().leave("gw-late");
    }
  }

  private Instant leaseOfOther(Database database) {
    return database.nodes().list().stream()
        .filter(row -> row.id().equals(fixture.node()))
        .map(NodeRow::leaseUntil)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nodeThatHasHeardOfAnother_isNotAlone_untilItHasLooked() {
    var cluster = new ClusterNodes("gw-1");
    cluster.heardOf("gw-1");
    assertThat(cluster.alone()).isTrue();

    long before = cluster.heard();
    cluster.heardOf("gw-2");
    assertThat(cluster.alone()).isFalse();
    cluster.saw(List.of(), before); // a look that had begun before
    assertThat(cluster.alone()).isFalse();
    cluster.saw(List.of());

    assertThat(cluster.alone()).isTrue();
  }
}
