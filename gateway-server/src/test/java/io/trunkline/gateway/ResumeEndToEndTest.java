package io.trunkline.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.jms.Command;
import io.trunkline.jms.JmsBridge;
import io.trunkline.jms.SessionEvent;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Welcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Sessions that outlive their connection, with real sockets, database and broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResumeEndToEndTest {
  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private GatewayFixture fixture;
  private Gateway other;
  private JmsBridge listener;
  private int users;
  private String user;

  @BeforeAll
  void start() throws Exception {
    fixture = GatewayFixture.start();
    other = fixture.startNode("gw-other", Map.of("sessions.grace", "1s"));
    listener = JmsBridge.open(fixture.jms(), "test");
    listener.consumeEvents(events::add);
  }

  @AfterAll
  void stop() {
    listener.close();
    other.close();
    fixture.close();
  }

  @BeforeEach
  void newUser() {
    user = "user-" + users++;
  }

  private static ConditionFactory eventually() {
    return Awaitility.await().atMost(Duration.ofSeconds(60));
  }

  private TestClient connect(Gateway gateway) throws IOException {
    return connect(gateway.clientAddress());
  }

  private static TestClient connect(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    return TestClient.connect(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  private Frame hello(TestClient client, ByteString token) throws IOException {
    return hello(client, user, token);
  }

  private Frame hello(TestClient client, String name, ByteString token) throws IOException {
    client.hello(fixture.token(name), "d1", token);
    return client.receive();
  }

  private Welcome welcome(TestClient client, ByteString token) throws IOException {
    Frame answer = hello(client, token);
    assertThat(answer.hasWelcome()).as("%s", answer).isTrue();
    return answer.getWelcome();
  }

  private List<String> live() {
    return fixture.query(
        "select node_id || ' ' || state || ' ' || epoch from trunkline.live_session"
            + " where user_id = '%s'".formatted(user));
  }

  private List<String> ends() {
    return fixture.query(
        "select close_name from report.session_history where user_id = '%s' and ended_at is not null"
            .formatted(user));
  }

  private List<SessionEvent.Kind> events() {
    return events.stream()
        .filter(event -> event.user().equals(user))
        .map(SessionEvent::kind)
        .toList();
  }

  private static void ping(TestClient client) throws IOException {
    client.send(Frame.newBuilder().setPing(Ping.newBuilder().setNonce(5)).build());
    assertThat(client.receive().getPong().getNonce()).isEqualTo(5);
  }

  @Test
  void resume_keepsSessionId_rightAfterTheLoss() throws Exception {
    TestClient first = connect(fixture.gateway());
    Welcome welcome = welcome(first, ByteString.EMPTY);
    first.hangUp();

    try (TestClient second = connect(fixture.gateway())) {
      Welcome again = welcome(second, welcome.getResumeToken());

      assertThat(again.getResumed()).isTrue();
      assertThat(again.getSessionId()).isEqualTo(welcome.getSessionId());
      assertThat(again.getResumeToken()).isNotEqualTo(welcome.getResumeToken());
      ping(second);
      assertThat(live()).containsExactly(fixture.node() + " ACTIVE 2");
      eventually().until(() -> events().contains(SessionEvent.Kind.RESUMED));
      assertThat(events()).doesNotContain(SessionEvent.Kind.DISCONNECTED);
    }
  }

  @Test
  void resume_onAnotherNode_rightAfterWelcome_keepsSessionId_andTheOldConnectionIsMoved()
      throws Exception {
    try (TestClient first = connect(fixture.gateway());
        TestClient second = connect(other)) {
      Welcome welcome = welcome(first, ByteString.EMPTY);

      Welcome again = welcome(second, welcome.getResumeToken());

      assertThat(again.getResumed()).isTrue();
      assertThat(again.getSessionId()).isEqualTo(welcome.getSessionId());
      assertThat(again.getNodeId()).isEqualTo("gw-other");
      assertThat(first.receive().getError().getCode()).isEqualTo(CloseCode.MOVED);
      assertThat(live()).containsExactly("gw-other ACTIVE 2");
      ping(second);
      assertThat(ends()).isEmpty();
    }
  }

  @Test
  void lostConnection_isDetached_andToldAfterItStands() throws Exception {
    TestClient client = connect(fixture.gateway());
    welcome(client, ByteString.EMPTY);
    client.hangUp();

    eventually().until(() -> events().contains(SessionEvent.Kind.DETACHED));
    assertThat(live()).containsExactly(fixture.node() + " DETACHED 1");
    assertThat(ends()).isEmpty();
  }

  @Test
  void resume_withPreviousToken_withinItsTime() throws Exception {
    TestClient first = connect(fixture.gateway());
    ByteString token = welcome(first, ByteString.EMPTY).getResumeToken();
    first.hangUp();
    TestClient second = connect(fixture.gateway());
    welcome(second, token); // the answer is lost
    second.hangUp();

    try (TestClient third = connect(fixture.gateway())) {
      assertThat(welcome(third, token).getResumed()).isTrue();
      assertThat(live()).containsExactly(fixture.node() + " ACTIVE 3");
    }
  }

  @Test
  void reuse_revokes_andClosesTheLivingConnection_onWhicheverNode() throws Exception {
    TestClient first = connect(fixture.gateway());
    Welcome welcome = welcome(first, ByteString.EMPTY);
    first.hangUp();
    TestClient second = connect(fixture.gateway());
    ByteString next = welcome(second, welcome.getResumeToken()).getResumeToken();
    second.hangUp();
    try (TestClient living = connect(fixture.gateway());
        TestClient thief = connect(other)) {
      welcome(living, next);

      assertThat(hello(thief, welcome.getResumeToken()).getError().getCode())
          .isEqualTo(CloseCode.RESUME_TOKEN_REUSED);

      assertThat(living.receive().getError().getCode()).isEqualTo(CloseCode.RESUME_TOKEN_REUSED);
      assertThat(live()).isEmpty();
      assertThat(ends()).containsExactly("RESUME_TOKEN_REUSED");
      assertThat(
              fixture.query(
                  "select action from report.operator_actions where target = '%s'"
                      .formatted(welcome.getSessionId())))
          .containsExactly("revoke");
      eventually().until(() -> events().contains(SessionEvent.Kind.DISCONNECTED));
    }
    try (TestClient again = connect(fixture.gateway())) {
      assertThat(welcome(again, ByteString.EMPTY).getResumed()).isFalse();
    }
    assertThat(ends()).containsExactly("RESUME_TOKEN_REUSED");
  }

  @Test
  void resume_ofAnotherUser_isNotGiven_andDoesNoHarm() throws Exception {
    TestClient first = connect(fixture.gateway());
    Welcome welcome = welcome(first, ByteString.EMPTY);
    first.hangUp();

    try (TestClient mallory = connect(fixture.gateway());
        TestClient back = connect(fixture.gateway())) {
      Frame answer = hello(mallory, "mallory", welcome.getResumeToken());
      assertThat(answer.getWelcome().getResumed()).isFalse();
      assertThat(answer.getWelcome().getSessionId()).isNotEqualTo(welcome.getSessionId());

      assertThat(welcome(back, welcome.getResumeToken()).getResumed()).isTrue();
    }
  }

  @Test
  void graceOver_endsInHistoryOnce() throws Exception {
    TestClient client = connect(other); // its grace time is a second
    Welcome welcome = welcome(client, ByteString.EMPTY);
    client.hangUp();

    eventually().until(() -> !ends().isEmpty());

    assertThat(ends()).containsExactly("CONNECTION_LOST");
    assertThat(live()).isEmpty();
    eventually().until(() -> events().contains(SessionEvent.Kind.DISCONNECTED));
    try (TestClient late = connect(fixture.gateway())) {
      assertThat(welcome(late, welcome.getResumeToken()).getResumed()).isFalse();
    }
  }

  @Test
  void newSessionOfTheSameDevice_replacesTheOne_onAnotherNode() throws Exception {
    try (TestClient older = connect(fixture.gateway());
        TestClient newer = connect(other)) {
      Welcome welcome = welcome(older, ByteString.EMPTY);
      eventually().until(() -> !live().isEmpty());

      assertThat(welcome(newer, ByteString.EMPTY).getResumed()).isFalse();

      assertThat(older.receive().getError().getCode()).isEqualTo(CloseCode.REPLACED);
      assertThat(ends()).containsExactly("REPLACED");
      assertThat(live()).containsExactly("gw-other ACTIVE 1");
      assertThat(welcome.getSessionId()).isNotEmpty();
    }
  }

  @Test
  void racedByTwoConnections_exactlyOneKeepsTheSession() throws Exception {
    for (int round = 0; round < 10; round++) {
      newUser();
      TestClient first = connect(fixture.gateway());
      Welcome welcome = welcome(first, ByteString.EMPTY);
      first.hangUp();
      List<TestClient> racers = List.of(connect(fixture.gateway()), connect(fixture.gateway()));
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Frame>> answers =
            racers.stream()
                .map(racer -> threads.submit(() -> hello(racer, welcome.getResumeToken())))
                .toList();
        for (Future<Frame> answer : answers) {
          answer.get();
        }
      }

      // The one that lost may still be told so when the other has its Welcome.
      List<TestClient> alive = new ArrayList<>(racers);
      eventually()
          .until(
              () -> {
                alive.removeIf(racer -> !answersPing(racer));
                return alive.size() == 1;
              });
      assertThat(answersPing(alive.getFirst())).isTrue();
      assertThat(live()).containsExactly(fixture.node() + " ACTIVE 3");
      for (TestClient racer : racers) {
        racer.close();
      }
    }
  }

  private static boolean answersPing(TestClient client) {
    try {
      client.send(Frame.newBuilder().setPing(Ping.newBuilder().setNonce(9)).build());
      Frame frame = client.receive();
      return frame.hasPong() && frame.getPong().getNonce() == 9;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void kick_ofADetachedSession_endsItOnce() throws Exception {
    TestClient client = connect(fixture.gateway());
    Welcome welcome = welcome(client, ByteString.EMPTY);
    client.hangUp();
    eventually().until(() -> live().equals(List.of(fixture.node() + " DETACHED 1")));

    listener.command(
        new Command.Kick(
            UUID.fromString(welcome.getSessionId()), "enough", "op", Optional.empty()));

    eventually().until(() -> !ends().isEmpty());
    assertThat(ends()).containsExactly("KICKED");
    eventually().until(() -> events().contains(SessionEvent.Kind.KICKED));
    try (TestClient back = connect(fixture.gateway())) {
      assertThat(welcome(back, welcome.getResumeToken()).getResumed()).isFalse();
    }
  }

  @Test
  void nodeStoppedAndRestarted_sessionResumes() throws Exception {
    Gateway node = fixture.startNode("gw-restarted", Map.of());
    TestClient client = connect(node);
    Welcome welcome = welcome(client, ByteString.EMPTY);
    node.close();
    assertThat(client.receive().getGoAway().getCode()).isEqualTo(CloseCode.DRAINING);
    assertThat(client.receive().getError().getCode()).isEqualTo(CloseCode.DRAINING);
    assertThat(live()).containsExactly("gw-restarted DETACHED 1");

    try (Gateway again = fixture.startNode("gw-restarted", Map.of());
        TestClient back = connect(again)) {
      Welcome resumed = welcome(back, welcome.getResumeToken());
      assertThat(resumed.getResumed()).isTrue();
      assertThat(resumed.getSessionId()).isEqualTo(welcome.getSessionId());
    }
  }

  @Test
  void nodeKilledAndRestarted_sessionResumes() throws Exception {
    // So long that no other node takes the sessions: the new process must not wait for its end.
    Map<String, String> lease = Map.of("node.lease", "10m");
    Welcome welcome;
    try (NodeProcess node = fixture.startNodeProcess("gw-killed", lease);
        TestClient client = connect(node.clientAddress())) {
      welcome = welcome(client, ByteString.EMPTY);
      ping(client);
      eventually().until(() -> live().equals(List.of("gw-killed ACTIVE 1")));
      node.kill();
    }

    try (NodeProcess again = fixture.startNodeProcess("gw-killed", lease);
        TestClient back = connect(again.clientAddress())) {
      Welcome resumed = welcome(back, welcome.getResumeToken());
      assertThat(resumed.getResumed()).isTrue();
      assertThat(resumed.getSessionId()).isEqualTo(welcome.getSessionId());
      assertThat(live()).containsExactly("gw-killed ACTIVE 2");
      assertThat(ends()).isEmpty();
    }
  }

  @Test
  void nodeThatWasCutOff_letsGoWhatWentOnElsewhere_andKeepsTheRest() throws Exception {
    try (Gateway node = fixture.startNode("gw-cut-off", Map.of("node.lease", "3s"));
        TestClient moved = connect(node);
        TestClient kept = connect(node)) {
      Welcome welcome = welcome(moved, ByteString.EMPTY);
      hello(kept, user + "-kept", ByteString.EMPTY);
      eventually().until(() -> !live().isEmpty());
      // Another node has given the session to the client, and the command did not arrive; the lease
      // of this one is over.
      fixture.execute(
          "update trunkline.live_session set epoch = 2, node_id = 'gw-gone' where user_id = '%s'"
              .formatted(user));
      fixture.execute("update trunkline.node set lease_until = now() where id = 'gw-cut-off'");

      assertThat(moved.receive().getError().getCode()).isEqualTo(CloseCode.MOVED);
      ping(kept);
      eventually()
          .until(
              () ->
                  fixture
                      .query(
                          "select state from trunkline.live_session where user_id = '%s-kept'"
                              .formatted(user))
                      .equals(List.of("ACTIVE")));
      assertThat(live()).containsExactly("gw-gone ACTIVE 2");
      assertThat(welcome.getSessionId()).isNotEmpty();
    }
  }

  @Test
  void databaseAway_aNewSessionIsGiven_whichReplacesTheOldOneWhenItIsBack() throws Exception {
    TestClient first = connect(fixture.gateway());
    Welcome welcome = welcome(first, ByteString.EMPTY);
    eventually().until(() -> !live().isEmpty());
    fixture.takeDatabaseAway();
    try {
      first.hangUp();
      try (TestClient second = connect(fixture.gateway())) {
        Welcome again = welcome(second, welcome.getResumeToken());
        assertThat(again.getResumed()).isFalse();
        assertThat(again.getSessionId()).isNotEqualTo(welcome.getSessionId());

        fixture.bringDatabaseBack();

        eventually().until(() -> ends().equals(List.of("REPLACED")));
        assertThat(live()).containsExactly(fixture.node() + " ACTIVE 1");
        ping(second);
      }
    } finally {
      fixture.bringDatabaseBack();
    }
  }

  @Test
  void databaseAway_onTheNodeThatDoesNotKnowTheSession_leavesNothingOpen() throws Exception {
    TestClient first = connect(fixture.gateway());
    Welcome welcome = welcome(first, ByteString.EMPTY);
    eventually().until(() -> !live().isEmpty());
    first.hangUp();
    eventually().until(() -> live().equals(List.of(fixture.node() + " DETACHED 1")));
    fixture.takeDatabaseAway();
    try (TestClient second = connect(other)) {
      assertThat(welcome(second, welcome.getResumeToken()).getResumed()).isFalse();
    } finally {
      fixture.bringDatabaseBack();
    }
    eventually().until(() -> ends().contains("CONNECTION_LOST"));
    eventually().until(() -> live().stream().noneMatch(row -> row.contains("ACTIVE")));
  }

  @Test
  void manyAtOnce_allResume() throws Exception {
    int count = 300;
    List<TestClient> clients = new ArrayList<>();
    List<Welcome> welcomes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TestClient client = connect(fixture.gateway());
      clients.add(client);
      welcomes.add(hello(client, user + "-" + i, ByteString.EMPTY).getWelcome());
    }
    for (TestClient client : clients) {
      client.hangUp();
    }
    clients.clear();

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> resumed = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = user + "-" + i;
        Welcome welcome = welcomes.get(i);
        TestClient client = connect(fixture.gateway());
        clients.add(client);
        resumed.add(
            threads.submit(
                () -> {
                  Welcome again = hello(client, name, welcome.getResumeToken()).getWelcome();
                  return again.getResumed() && again.getSessionId().equals(welcome.getSessionId());
                }));
      }
      for (Future<Boolean> one : resumed) {
        assertThat(one.get()).isTrue();
      }
    }
    for (TestClient client : clients) {
      client.close();
    }
  }
}
