package io.trunkline.gateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.Gateway;
import io.trunkline.gateway.GatewayFixture;
import io.trunkline.jms.DownlinkMessage;
import io.trunkline.jms.Draft;
import io.trunkline.jms.Expect;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Target;
import io.trunkline.persistence.Database;
import io.trunkline.persistence.NodeStore.NodeRow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class GoneNodesTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Draft TO_EVERYONE =
      new Draft(
          new Target.Everyone(),
          Expect.NONE,
          Optional.empty(),
          "",
          "",
          new byte[] {1},
          Optional.empty(),
          /* persistent= */ false,
          /* priority= */ 4,
          Optional.empty());

  /** Of what nobody has passed on. */
  private static final class NoHeir implements JmsBridge.Heir {
    @Override
    public boolean mayTake() {
      return true;
    }

    @Override
    public List<JmsBridge.Route> take(List<DownlinkMessage> batch) {
      throw new AssertionError(batch);
    }
  }

  @Test
  void whatWaitsForANodeThatIsGone_isRemovedFirst_itsEntryLater_andNothingOfOneThatLives()
      throws Exception {
    // The fixture's own node does not look meanwhile.
    try (GatewayFixture fixture = GatewayFixture.start(Map.of("node.lease", "10m"));
        Database database = Database.open(fixture.database());
        JmsBridge bridge = JmsBridge.open(fixture.jms(), "test")) {
      fixture.startNode("gw-gone", Map.of()).close();
      var gone =
          new GoneNodes(
              database.nodes(), bridge, Duration.ZERO, fixture.node(), node -> new NoHeir());
      try (var _ = bridge.publish(TO_EVERYONE, receipt -> {})) {

        gone.look(DAY, DAY);
        gone.look(Duration.ZERO, DAY);

        assertThat(bridge.removeSubscription("gw-gone").messages()).isZero();
        assertThat(bridge.removeSubscription(fixture.node()).inUse()).isTrue();
        assertThat(database.nodes().list()).extracting(NodeRow::id).contains("gw-gone");
      }
      Awaitility.await()
          .untilAsserted(
              () -> {
                gone.look(DAY, Duration.ZERO);
                assertThat(database.nodes().list())
                    .extracting(NodeRow::id)
                    .contains(fixture.node())
                    .doesNotContain("gw-gone");
              });
    }
  }

  @Test
  void nodeThatComesBack_afterItsSubscriptionWasRemoved_getsMessagesAgain() throws Exception {
    GatewayFixture fixture = GatewayFixture.shared();
    fixture.startNode("gw-back", Map.of()).close();
    try (JmsBridge bridge = JmsBridge.open(fixture.jms(), "test")) {
      assertThat(bridge.removeSubscription("gw-back").inUse()).isFalse();

      try (Gateway _ = fixture.startNode("gw-back", Map.of())) {
        Awaitility.await()
            .untilAsserted(() -> assertThat(bridge.removeSubscription("gw-back").inUse()).isTrue());
      }
    }
  }
}
