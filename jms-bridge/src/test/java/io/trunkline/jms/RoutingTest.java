package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a message finds its nodes, with two nodes on one broker. */
class RoutingTest {
  private static final AtomicInteger TESTS = new AtomicInteger();
  private static BrokerProcess broker;

  // Durable subscriptions outlive a test.
  private final String n1 = "n1-" + TESTS.incrementAndGet();
  private final String n2 = "n2-" + TESTS.get();
  private Erp erp;
  private JmsBridge one;
  private JmsBridge two;

  @BeforeAll
  static void startBroker(@TempDir Path folder) throws Exception {
    broker = new BrokerProcess(folder);
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void open() throws Exception {
    one = JmsBridge.open(broker.config(), "one");
    two = JmsBridge.open(broker.config(), "two");
    erp = new Erp(broker);
  }

  @AfterEach
  void close() {
    erp.close();
    one.close();
    two.close();
  }

  @Test
  void nonPersistentBroadcast_goesToEveryNode_andIsNotResolved() throws Exception {
    Recorder first = Recorder.done();
    Recorder second = Recorder.done();
    one.consumeDownlink(n1, first);
    two.consumeDownlink(n2, second);

    erp.nonPersistent(erp.text("to all"));
    erp.nonPersistent(erp.text("to a topic", "tl_topic", "news"));
    erp.nonPersistent(erp.text("to an audience", "tl_audience", "a = 1"));

    for (Recorder each : List.of(first, second)) {
      await()
          .untilAsserted(
              () ->
                  assertThat(Recorder.bodies(each.delivered))
                      .containsExactly("to all", "to a topic", "to an audience"));
      assertThat(each.resolved).isEmpty();
      assertThat(each.delivered.getFirst().routed()).isFalse();
    }
  }

  @Test
  void nodeThatMayNotTakeMessages_leavesThemToOthers_andItsOwnWait() throws Exception {
    var may = new AtomicBoolean(true);
    Recorder first =
        new Recorder(message -> new JmsBridge.Route.Done()) {
          @Override
          public boolean mayDeliver() {
            return may.get();
          }

          @Override
          public boolean mayResolve() {
            return may.get();
          }
        };
    one.consumeDownlink(n1, first);
    erp.nonPersistent(erp.text("before"));
    await().untilAsserted(() -> assertThat(first.delivered).hasSize(1));

    may.set(false);
    Recorder second = Recorder.done();
    two.consumeDownlink(n2, second);
    for (int i = 0; i < 20; i++) {
      erp.nonPersistent(erp.text("for alice", "tl_user", "alice"));
    }
    erp.nonPersistent(erp.text("to all"));

    await().untilAsserted(() -> assertThat(second.resolved).hasSize(20));
    await().untilAsserted(() -> assertThat(second.delivered).hasSize(1));
    assertThat(first.resolved).isEmpty();
    assertThat(Recorder.bodies(first.delivered)).containsExactly("before");
    may.set(true);
    await()
        .untilAsserted(
            () -> assertThat(Recorder.bodies(first.delivered)).containsExactly("before", "to all"));
  }

  @Test
  void pointToPoint_isResolvedByOneNode_andPassedOnToTheHolder() throws Exception {
    Recorder first = new Recorder(message -> JmsBridge.Route.toNode(n2));
    Recorder second = new Recorder(message -> JmsBridge.Route.toNode(n2));
    one.consumeDownlink(n1, first);
    two.consumeDownlink(n2, second);
    String session = UUID.randomUUID().toString();
    TextMessage original = erp.text("hello", "tl_user", "alice", "tl_type", "order");
    original.setJMSReplyTo(erp.receipts);
    original.setJMSCorrelationID("c-1");

    erp.nonPersistent(original);
    erp.nonPersistent(erp.text("one session", "tl_session", session));
    erp.persistent(erp.text("stored", "tl_user", "bob", "tl_device", "d1", "tl_id", "own-id"));

    await().untilAsserted(() -> assertThat(second.delivered).hasSize(3));
    assertThat(first.delivered).isEmpty();
    assertThat(first.resolved.size() + second.resolved.size()).isEqualTo(3);
    DownlinkMessage hello = withBody(second.delivered, "hello");
    assertThat(hello.id()).isEqualTo(original.getJMSMessageID());
    assertThat(hello.target()).isEqualTo(new Target.User("alice", Optional.empty()));
    assertThat(hello.type()).isEqualTo("order");
    assertThat(hello.contentType()).isEqualTo("text/plain; charset=utf-8");
    assertThat(hello.routed()).isTrue();
    assertThat(hello.persistent()).isFalse();
    assertThat(hello.correlationId()).contains("c-1");
    assertThat(hello.replyAddress()).isPresent();
    assertThat(hello.publishedAt()).isEqualTo(Instant.ofEpochMilli(original.getJMSTimestamp()));
    assertThat(withBody(second.delivered, "one session").target())
        .isEqualTo(new Target.OneSession(UUID.fromString(session)));
    DownlinkMessage stored = withBody(second.delivered, "stored");
    assertThat(stored.id()).isEqualTo("own-id");
    assertThat(stored.persistent()).isTrue();
    assertThat(stored.target()).isEqualTo(new Target.User("bob", Optional.of("d1")));
  }

  @Test
  void userOnTwoOfThreeNodes_eachOfTheTwoGetsACopy_thatKnowsOfTheOther() throws Exception {
    String n3 = "n3-" + TESTS.get();
    Function<DownlinkMessage, JmsBridge.Route> route =
        message ->
            new JmsBridge.Route.ToNodes(Set.of(n2, n3), /* servedHere= */ false, Optional.empty());
    Recorder first = new Recorder(route);
    Recorder second = new Recorder(route);
    Recorder third = new Recorder(route);
    one.consumeDownlink(n1, first);
    two.consumeDownlink(n2, second);
    two.consumeDownlink(n3, third);

    erp.nonPersistent(erp.text("hello", "tl_user", "alice"));

    await().untilAsserted(() -> assertThat(second.delivered).hasSize(1));
    await().untilAsserted(() -> assertThat(third.delivered).hasSize(1));
    assertThat(second.delivered.getFirst().trail()).isEqualTo(new Trail(1, List.of(n3)));
    assertThat(third.delivered.getFirst().trail()).isEqualTo(new Trail(1, List.of(n2)));
    assertThat(first.delivered).isEmpty();
    assertThat(first.resolved.size() + second.resolved.size() + third.resolved.size()).isEqualTo(1);
    assertThat(one.counts().forwarded() + two.counts().forwarded()).isEqualTo(2);
  }

  @Test
  void copyForANodeThatIsNotThere_isDropped_andKeepsNothingBack() throws Exception {
    Recorder first = new Recorder(message -> JmsBridge.Route.toNode(n2));
    one.consumeDownlink(n1, first);

    erp.nonPersistent(erp.text("for a node that is gone", "tl_user", "alice"));
    erp.persistent(erp.text("the next", "tl_user", "alice"));
    erp.nonPersistent(erp.text("to all"));

    await().untilAsserted(() -> assertThat(one.counts().consumed()).isEqualTo(3));
    assertThat(Recorder.bodies(first.delivered)).containsExactly("to all");
    assertThat(first.resolved).hasSize(2);
    assertThat(one.counts().forwarded()).isEqualTo(2);
  }

  @Test
  void copyForASessionThatWentOn_isPassedOnAgain_andCountsItsHops() throws Exception {
    Stamp stamp = new Stamp(3, 9);
    Function<DownlinkMessage, JmsBridge.Route> route =
        message ->
            new JmsBridge.Route.ToNodes(Set.of(n1), /* servedHere= */ true, Optional.of(stamp));
    Recorder first =
        new Recorder(
            route,
            message ->
                new JmsBridge.Route.ToNodes(Set.of(n2), /* servedHere= */ false, message.stamp()));
    Recorder second = new Recorder(route);
    one.consumeDownlink(n1, first);
    two.consumeDownlink(n2, second);

    erp.persistent(erp.text("hello", "tl_user", "alice"));

    await().untilAsserted(() -> assertThat(second.delivered).hasSize(1));
    assertThat(first.delivered.getFirst().trail().hops()).isEqualTo(1);
    assertThat(first.delivered.getFirst().trail().others()).hasSize(1);
    DownlinkMessage got = second.delivered.getFirst();
    assertThat(got.trail()).isEqualTo(new Trail(2, List.of()));
    assertThat(got.stamp()).contains(stamp);
    assertThat(got.persistent()).isTrue();
    assertThat(got.id())
        .isEqualTo(
            first.resolved.isEmpty()
                ? second.resolved.getFirst().id()
                : first.resolved.getFirst().id());
  }

  @Test
  void persistentBroadcast_isResolvedOnce_thenDeliveredByAll_withItsRemainingTime()
      throws Exception {
    Recorder first = new Recorder(message -> new JmsBridge.Route.ToAllNodes());
    Recorder second = new Recorder(message -> new JmsBridge.Route.ToAllNodes());
    one.consumeDownlink(n1, first);
    two.consumeDownlink(n2, second);
    Instant before = Instant.now();

    try (JmsBridge.Publication sent =
        one.publish(
            draft(new Target.Everyone(), true, Optional.of(Duration.ofMinutes(5))),
            receipt -> {})) {
      await().untilAsserted(() -> assertThat(first.delivered).hasSize(1));
      await().untilAsserted(() -> assertThat(second.delivered).hasSize(1));
      assertThat(second.delivered.getFirst().id()).isEqualTo(sent.messageId());
    }

    assertThat(first.resolved.size() + second.resolved.size()).isEqualTo(1);
    DownlinkMessage got = second.delivered.getFirst();
    assertThat(got.routed()).isTrue();
    assertThat(got.priority()).isEqualTo(7);
    assertThat(got.expiresAt().orElseThrow())
        .isBetween(before.plusSeconds(290), Instant.now().plusSeconds(301));
    assertThat(one.counts().forwarded() + two.counts().forwarded()).isEqualTo(1);
  }

  @Test
  void handlerThatThrows_getsTheBatchAgain_andNothingIsForwardedTwice() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    Recorder recorder =
        new Recorder(
            message -> {
              if (attempts.incrementAndGet() < 3) {
                throw new IllegalStateException("the database is away");
              }
              return new JmsBridge.Route.ToAllNodes();
            });
    one.consumeDownlink(n1, recorder);

    erp.persistent(erp.text("again", "tl_user", "alice"));

    await().untilAsserted(() -> assertThat(recorder.delivered).hasSize(1));
    assertThat(attempts).hasValue(3);
    assertThat(one.counts().forwarded()).isEqualTo(1);
  }

  @Test
  void whatANodeCannotHandle_isHandledByAnother_evenIfItsGroupWasBound() throws Exception {
    AtomicBoolean stuck = new AtomicBoolean();
    Recorder first =
        new Recorder(
            message -> {
              if (stuck.get()) {
                throw new IllegalStateException("the database is away");
              }
              return new JmsBridge.Route.Done();
            });
    one.consumeDownlink(n1, first);
    erp.persistent(erp.text("bound", "tl_user", "alice", "JMSXGroupID", "alice"));
    await().untilAsserted(() -> assertThat(first.resolved).hasSize(1));
    Recorder second = Recorder.done();
    two.consumeDownlink(n2, second);

    stuck.set(true);
    erp.persistent(erp.text("next", "tl_user", "alice", "JMSXGroupID", "alice"));
    erp.persistent(erp.text("last", "tl_user", "alice", "JMSXGroupID", "alice"));

    await()
        .untilAsserted(
            () -> assertThat(Recorder.bodies(second.resolved)).containsExactly("next", "last"));
  }

  @Test
  void subscriptionWithAnotherSelector_isMadeAnew() throws Exception {
    try (BrokerLink link = BrokerLink.open(broker.config(), "old")) {
      var session = link.require().createSession();
      session
          .createSharedDurableConsumer(
              session.createTopic(Destinations.DOWNLINK), "node-old", "tl_node = 'other'")
          .close();
    }
    Recorder recorder = Recorder.done();
    one.consumeDownlink("old", recorder);

    erp.nonPersistent(erp.text("new selector"));

    await()
        .untilAsserted(
            () -> assertThat(Recorder.bodies(recorder.delivered)).contains("new selector"));
  }

  @Test
  void eventsAndCommands_reachWhoListens() throws Exception {
    List<SessionEvent> events = new CopyOnWriteArrayList<>();
    List<Command> commands = new CopyOnWriteArrayList<>();
    two.consumeEvents(events::add);
    two.consumeControl(commands::add);
    SessionEvent event =
        new SessionEvent(
            SessionEvent.Kind.KICKED,
            "s1",
            "alice",
            "d1",
            "n1",
            Instant.parse("2026-01-02T03:04:05.060Z"),
            Optional.of(4001),
            Optional.of("kicked: test"));
    Command kick =
        new Command.Kick(UUID.randomUUID(), "sick", "operator", Optional.of(Duration.ofMinutes(1)));

    one.events(List.of(event, event));
    one.command(kick);
    one.command(new Command.BansChanged());

    await().untilAsserted(() -> assertThat(events).containsExactly(event, event));
    await()
        .untilAsserted(() -> assertThat(commands).containsExactly(kick, new Command.BansChanged()));
  }

  private static DownlinkMessage withBody(List<DownlinkMessage> messages, String body) {
    return messages.stream()
        .filter(message -> new String(message.payload(), StandardCharsets.UTF_8).equals(body))
        .findFirst()
        .orElseThrow();
  }

  static Draft draft(Target target, boolean persistent, Optional<Duration> timeToLive) {
    return new Draft(
        target,
        Expect.ACK,
        Optional.empty(),
        "type",
        "text/plain",
        "body".getBytes(StandardCharsets.UTF_8),
        Optional.empty(),
        persistent,
        7,
        timeToLive);
  }
}
