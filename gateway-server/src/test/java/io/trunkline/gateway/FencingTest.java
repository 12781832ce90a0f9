package io.trunkline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.trunkline.jms.Draft;
import io.trunkline.jms.Expect;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.Target;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Welcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Processes that were stopped, or that are not alone with their id: they do no harm. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FencingTest {
  private static final Map<String, String> SHORT_LEASE =
      Map.of("node.lease", "3s", "sessions.grace", "1m");

  private GatewayFixture fixture;

  @BeforeAll
  void start() {
    // A sign of life of it every two seconds.
    fixture = GatewayFixture.start(Map.of("node.lease", "6s"));
  }

  @AfterAll
  void stop() {
    fixture.close();
  }

  private static TestClient connect(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    return TestClient.connect(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  private Welcome welcome(TestClient client, String user, ByteString token) throws IOException {
    client.hello(fixture.token(user), "d1", token);
    Frame answer = client.receive();
    assertThat(answer.hasWelcome()).as("%s", answer).isTrue();
    return answer.getWelcome();
  }

  private void awaitState(String node, String state) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(
                        fixture.query(
                            "select state from report.node_load where node_id = '" + node + "'"))
                    .containsExactly(state));
  }

  private String live(String user) {
    return String.join(
        ",",
        fixture.query(
            "select node_id || ' ' || state || ' ' || epoch from trunkline.live_session"
                + " where user_id = '%s'".formatted(user)));
  }

  private static Draft toEveryone() {
    return new Draft(
        new Target.Everyone(),
        Expect.NONE,
        Optional.empty(),
        "hello",
        "text/plain",
        new byte[] {1},
        Optional.empty(),
        /* persistent= */ false,
        /* priority= */ 4,
        Optional.empty());
  }

  @Test
  void nodeThatWakes_closesWhatMoved_andSendsAndDoesNothingForIt() throws Exception {
    try (NodeProcess stopped = fixture.startNodeProcess("gw-stopped", SHORT_LEASE);
        TestClient old = connect(stopped.clientAddress());
        TestClient stays = connect(stopped.clientAddress());
        JmsBridge erp = JmsBridge.open(fixture.jms(), "test")) {
      // given a session that goes on elsewhere while its node is stopped, and one that does not
      Welcome first = welcome(old, "mover", ByteString.EMPTY);
      welcome(stays, "stayer", ByteString.EMPTY);
      Awaitility.await()
          .untilAsserted(() -> assertThat(live("stayer")).isEqualTo("gw-stopped ACTIVE 1"));
      stopped.stop();
      awaitState("gw-stopped", "DEAD");
      try (TestClient next = connect(fixture.gateway().clientAddress())) {
        assertThat(welcome(next, "mover", first.getResumeToken()).getResumed()).isTrue();
        // and what waits in the stopped node's socket, and in its subscription
        old.send(
            Frame.newBuilder()
                .setRequest(
                    Request.newBuilder()
                        .setSeq(7)
                        .setService("echo")
                        .setMethod("echo")
                        .setDeadlineMs(60_000))
                .build());
        try (var _ = erp.publish(toEveryone(), receipt -> {})) {
          assertThat(next.receive().hasNotify()).isTrue();
        }

        // when
        stopped.wake();

        // then
        List<Frame> told = new ArrayList<>();
        do {
          told.add(old.receive());
        } while (!told.getLast().hasError());
        assertThat(told).noneMatch(Frame::hasNotify);
        assertThat(told.getLast().getError().getCode()).isEqualTo(CloseCode.MOVED);
        assertThat(told)
            .filteredOn(Frame::hasResponse)
            .allMatch(frame -> frame.getResponse().getStatus() == Status.UNAVAILABLE);
        assertThat(live("mover")).isEqualTo(fixture.node() + " ACTIVE 2");
        assertThat(stays.receive().hasNotify()).isTrue();
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() -> assertThat(live("stayer")).isEqualTo("gw-stopped ACTIVE 1"));
        assertThat(
                fixture.query(
                    "select user_id from report.session_history where ended_at is not null"))
            .doesNotContain("mover", "stayer");
      }
    }
  }

  @Test
  void secondProcessWithTheIdOfOneThatLives_refusesToStart() {
    assertThatThrownBy(() -> fixture.startNode(fixture.node(), Map.of("node.lease", "3s")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("node.id '" + fixture.node() + "' is in use")
        .hasMessageNotContaining("\n");
  }

  @Test
  void secondProcessWithTheIdOfOneThatIsStopped_takesOver_andTheFirstEnds() throws Exception {
    try (NodeProcess first = fixture.startNodeProcess("gw-twice", SHORT_LEASE);
        TestClient client = connect(first.clientAddress())) {
      welcome(client, "twice", ByteString.EMPTY);
      first.stop();

      try (Gateway second = fixture.startNode("gw-twice", SHORT_LEASE)) {
        first.wake();

        Frame told = client.receive();
        assertThat(told.getError().getCode()).as("%s", told).isEqualTo(CloseCode.NODE_LOST);
        assertThat(first.exit()).isEqualTo(2);
        assertThat(second.failure()).isNotDone();
        awaitState("gw-twice", "UP");
      }
    }
  }
}
