package io.trunkline.gateway.uplink;

import static io.trunkline.gateway.uplink.UplinkNode.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.TestClient;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProtectionTest {
  private final CountDownLatch release = new CountDownLatch(1);
  private final Semaphore entered = new Semaphore(0);
  private volatile CallResult answer = CallResult.json("1");
  private final Path folder;
  private UplinkNode node;
  private TestClient alice;

  ProtectionTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    node = new UplinkNode(folder, Duration.ofHours(1));
    node.queue("q", _ -> answer);
    node.queue(
        "stuck",
        _ -> {
          entered.release();
          // As a library does that knows no interrupts.
          boolean interrupted = false;
          while (release.getCount() > 0) {
            try {
              release.await();
            } catch (InterruptedException e) {
              interrupted = true;
            }
          }
          if (interrupted) {
            Thread.currentThread().interrupt();
          }
          return CallResult.json("1");
        });
    alice = node.login("alice", "d1");
  }

  @AfterEach
  void stop() throws IOException {
    release.countDown();
    node.close();
  }

  private List<Response> call(TestClient client, String service, int times) throws IOException {
    for (int seq = 1; seq <= times; seq++) {
      client.send(request(seq, service, "", 0));
    }
    List<Response> answers = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      answers.add(client.receive().getResponse());
    }
    assertThat(answers).extracting(Response::getSeq).doesNotHaveDuplicates();
    return answers;
  }

  private static long of(List<Response> answers, Status status) {
    return answers.stream().filter(one -> one.getStatus() == status).count();
  }

  @Test
  void unknownService_andMethod_areNotFound_andCountUnderOneName() throws Exception {
    for (int seq = 1; seq <= 20; seq++) {
      assertThat(UplinkNode.call(alice, seq, "invented-" + seq).getStatus())
          .isEqualTo(Status.NOT_FOUND);
    }
    assertThat(node.routes.unknownServices().outcomes()).isEqualTo(Map.of(Status.NOT_FOUND, 20L));
    assertThat(node.routes.services())
        .extracting(ServiceState::name)
        .containsExactly("echo", "orders", "time");
    assertThat(UplinkNode.call(alice, 21, "time").getStatus()).isEqualTo(Status.NOT_FOUND);
    assertThat(node.counts("time").outcomes()).isEqualTo(Map.of(Status.NOT_FOUND, 1L));
  }

  @Test
  void tooLargeAPayload_isRefusedAtOnce_anotherIsNot() throws Exception {
    node.apply("s.backend = jms", "s.queue = q", "s.max-request = 4", "echo.max-request = 4");
    for (String service : List.of("s", "echo")) {
      Response refused = UplinkNode.call(alice, 1, service, "12345", 0);
      assertThat(refused.getStatus()).isEqualTo(Status.TOO_LARGE);
      assertThat(refused.getMessage()).isEqualTo("'" + service + "' takes 4 bytes at most, not 5");
      assertThat(UplinkNode.call(alice, 2, service, "1234", 0).getStatus()).isEqualTo(Status.OK);
    }
    assertThat(node.opened.getFirst().calls.get()).isOne();
  }

  @Test
  void floodOverTheRateOfASession_isLimited_withTheTimeToWait_othersAreNot() throws Exception {
    node.apply("s.backend = jms", "s.queue = q", "s.rate.session = 5/h", "echo.rate.session = 5/h");
    TestClient other = node.login("alice", "d2");
    for (String service : List.of("s", "echo")) {
      List<Response> answers = call(alice, service, 20);
      assertThat(of(answers, Status.OK)).isEqualTo(5);
      assertThat(of(answers, Status.RATE_LIMITED)).isEqualTo(15);
      assertThat(answers)
          .filteredOn(one -> one.getStatus() == Status.RATE_LIMITED)
          .allSatisfy(
              one -> {
                // The next token: a fifth of an hour.
                assertThat(one.getRetryAfterMs()).isBetween(700_000, 720_001);
                assertThat(one.getMessage()).contains("5/h");
              });
      assertThat(of(call(other, service, 5), Status.OK)).isEqualTo(5);
    }
  }

  @Test
  void rateOfAUser_isForAllSessions_rateOfAService_forAllUsers() throws Exception {
    node.apply("echo.rate.user = 6/h", "echo.rate.service = 10/h");
    TestClient otherDevice = node.login("alice", "d2");
    TestClient bob = node.login("bob", "d1");

    assertThat(of(call(alice, "echo", 4), Status.OK)).isEqualTo(4);
    assertThat(of(call(otherDevice, "echo", 4), Status.OK)).isEqualTo(2);
    assertThat(of(call(bob, "echo", 6), Status.OK)).isEqualTo(4);
  }

  @Test
  void callRefusedByOneRate_takesNothingOfTheOthers() throws Exception {
    node.apply("echo.rate.session = 3/h", "echo.rate.user = 2/h", "echo.rate.service = 3/h");
    call(alice, "echo", 10);
    assertThat(of(call(node.login("bob", "d1"), "echo", 5), Status.OK))
        .as("what alice could not use of the service's")
        .isOne();
  }

  @Test
  void callRefusedByTheRateOfAll_canBeMadeLater() throws Exception {
    node.apply("echo.rate.user = 3/h", "echo.rate.session = 3/h", "echo.rate.service = 1/s");
    var passed = new AtomicLong(of(call(alice, "echo", 30), Status.OK));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> passed.addAndGet(of(call(alice, "echo", 1), Status.OK)) == 3);
  }

  @Test
  void busyCall_givesBackItsTokens() throws Exception {
    node.apply(
        "s.backend = jms",
        "s.queue = stuck",
        "s.max-concurrent = 1",
        "s.max-queued = 0",
        "s.rate.user = 3/h");
    alice.send(request(100, "s", "", 0));
    entered.acquire();
    assertThat(of(call(alice, "s", 10), Status.BUSY)).as("and none RATE_LIMITED").isEqualTo(10);
    release.countDown();
    assertThat(alice.receive().getResponse().getStatus()).isEqualTo(Status.OK);
    await().untilAsserted(() -> assertThat(node.bounds("s").running()).isZero());
    assertThat(UplinkNode.call(alice, 1, "s").getStatus()).isEqualTo(Status.OK);
    await().untilAsserted(() -> assertThat(node.bounds("s").running()).isZero());
    assertThat(UplinkNode.call(alice, 2, "s").getStatus()).isEqualTo(Status.OK);
    assertThat(UplinkNode.call(alice, 3, "s").getStatus()).isEqualTo(Status.RATE_LIMITED);
  }

  @Test
  void timeout_capsTheDeadline() throws Exception {
    node.apply("s.backend = jms", "s.queue = stuck", "s.timeout = 50ms");
    Response late = UplinkNode.call(alice, 1, "s", "", 60_000);
    assertThat(late.getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED);
  }

  @Test
  void failingBackEnd_opensTheCircuit_andClosesItWhenItRecovers() throws Exception {
    node.apply(
        "s.backend = jms", "s.queue = q", "s.breaker.calls = 8", "s.breaker.open-for = 300ms");
    answer = CallResult.failed(Status.INTERNAL, "broken");
    assertThat(of(call(alice, "s", 8), Status.INTERNAL)).isEqualTo(8);
    int asked = node.opened.getFirst().calls.get();

    Response refused = UplinkNode.call(alice, 1, "s");
    assertThat(refused.getStatus()).isEqualTo(Status.UNAVAILABLE);
    assertThat(refused.getRetryAfterMs()).isBetween(1, 301);
    assertThat(node.opened.getFirst().calls.get()).as("nothing went there").isEqualTo(asked);
    assertThat(node.circuit("s")).isEqualTo("open");

    answer = CallResult.json("1");
    await().until(() -> UplinkNode.call(alice, 2, "s").getStatus() == Status.OK);
    assertThat(node.circuit("s")).isEqualTo("half_open");
    assertThat(UplinkNode.call(alice, 3, "s").getStatus()).isEqualTo(Status.OK);
    assertThat(node.circuit("s")).isEqualTo("closed");
  }

  @Test
  void callRefusedByTheCircuit_takesNothingOfTheRates() throws Exception {
    node.apply(
        "s.backend = jms",
        "s.queue = q",
        "s.rate.user = 6/h",
        "s.breaker.calls = 4",
        "s.breaker.open-for = 200ms");
    answer = CallResult.failed(Status.UNAVAILABLE, "away");
    call(alice, "s", 4);
    assertThat(node.circuit("s")).isEqualTo("open");
    assertThat(call(alice, "s", 20)).allMatch(one -> one.getStatus() != Status.RATE_LIMITED);

    answer = CallResult.json("1");
    await().until(() -> UplinkNode.call(alice, 1, "s").getStatus() == Status.OK);
    assertThat(UplinkNode.call(alice, 2, "s").getStatus()).as("the sixth").isEqualTo(Status.OK);
    assertThat(UplinkNode.call(alice, 3, "s").getStatus()).isEqualTo(Status.RATE_LIMITED);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.class,
      names = {"NOT_FOUND", "INVALID_ARGUMENT", "PERMISSION_DENIED", "CONFLICT", "TOO_LARGE"})
  void answersThatBlameTheCaller_openNoCircuit(Status status) throws Exception {
    node.apply("s.backend = jms", "s.queue = q", "s.breaker.calls = 4", "s.breaker.failures = 1%");
    answer = CallResult.failed(status, "no");
    assertThat(of(call(alice, "s", 20), status)).isEqualTo(20);
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.class,
      names = {"INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED"})
  void answersThatBlameTheBackEnd_openIt(Status status) throws Exception {
    node.apply("s.backend = jms", "s.queue = q", "s.breaker.calls = 4");
    answer = CallResult.failed(status, "no");
    for (int i = 1; i <= 4; i++) {
      assertThat(UplinkNode.call(alice, i, "s").getStatus()).isEqualTo(status);
    }
    assertThat(node.circuit("s")).isEqualTo("open");
  }

  @Test
  void callerInAHurry_opensNoCircuitForOthers() throws Exception {
    node.apply("s.backend = jms", "s.queue = stuck", "s.breaker.calls = 4");
    for (int i = 1; i <= 8; i++) {
      assertThat(UplinkNode.call(alice, i, "s", "", 10).getStatus())
          .isEqualTo(Status.DEADLINE_EXCEEDED);
    }
    assertThat(node.circuit("s")).isEqualTo("closed");
  }

  @Test
  void protectionOfAServiceThatNeverBlocks_knowsCircuitsToo() throws Exception {
    node.close();
    node =
        new UplinkNode(
            folder,
            Duration.ofHours(1),
            new UplinkService("fast", false, Map.of("get", _ -> answer)));
    node.apply("fast.breaker.calls = 4", "fast.breaker.open-for = 1h");
    alice = node.login("alice", "d1");
    answer = CallResult.failed(Status.INTERNAL, "broken");
    List<Response> answers = call(alice, "fast", 10);
    assertThat(of(answers, Status.INTERNAL)).isEqualTo(4);
    assertThat(of(answers, Status.UNAVAILABLE)).isEqualTo(6);
  }

  @Test
  void stuckBackEnd_hasItsBounds_andHoldsUpNoOtherService() throws Exception {
    node.apply(
        "stuck.backend = jms",
        "stuck.queue = stuck",
        "stuck.max-concurrent = 4",
        "stuck.max-queued = 4",
        "stuck.timeout = 30s",
        "stuck.breaker = off",
        "s.backend = jms",
        "s.queue = q");
    List<Response> refused = new ArrayList<>();
    for (int seq = 1; seq <= 20; seq++) {
      alice.send(request(seq, "stuck", "", 0));
    }
    for (int i = 0; i < 12; i++) {
      refused.add(alice.receive().getResponse());
    }
    assertThat(refused).allMatch(one -> one.getStatus() == Status.BUSY);
    assertThat(refused).allMatch(one -> one.getRetryAfterMs() == 200);
    assertThat(node.bounds("stuck")).isEqualTo(new ServiceState.Bounds(4, 4, 4, 4));

    // While all of that is stuck, the same client and others are served, each call in its turn.
    TestClient bob = node.login("bob", "d1");
    for (TestClient client : List.of(alice, bob)) {
      for (int i = 1; i <= 200; i++) {
        assertThat(UplinkNode.call(client, 1_000 + i, i % 2 == 0 ? "s" : "echo").getStatus())
            .isEqualTo(Status.OK);
      }
    }
    assertThat(node.counts("stuck").inFlight()).isEqualTo(8);
    release.countDown();
    for (int i = 0; i < 8; i++) {
      assertThat(alice.receive().getResponse().getStatus()).isEqualTo(Status.OK);
    }
  }

  @Test
  void stuckBackEnd_opensTheCircuit_evenWithFewerThreadsThanItTakesToDecide() throws Exception {
    node.apply(
        "s.backend = jms",
        "s.queue = stuck",
        "s.max-concurrent = 2",
        "s.timeout = 50ms",
        "s.breaker.calls = 8",
        "s.breaker.open-for = 1h");
    List<Response> answers = call(alice, "s", 8);
    assertThat(of(answers, Status.DEADLINE_EXCEEDED)).isEqualTo(8);
    assertThat(UplinkNode.call(alice, 1, "s").getStatus()).isEqualTo(Status.UNAVAILABLE);
  }

  @Test
  void floodOfOneWayCalls_isBounded_andLeavesTheSessionAnswered() throws Exception {
    node.apply("s.backend = jms", "s.queue = stuck", "s.max-concurrent = 2", "s.max-queued = 2");
    for (int i = 0; i < 5_000; i++) {
      alice.send(
          Frame.newBuilder()
              .setRequest(Request.newBuilder().setService("s").setMethod("get").setOneWay(true))
              .build());
    }
    assertThat(UplinkNode.call(alice, 1, "echo").getStatus()).isEqualTo(Status.OK);
    assertThat(node.counts("s").outcomes()).isEqualTo(Map.of(Status.BUSY, 4_996L));
    assertThat(node.counts("s").inFlight()).isEqualTo(4);
  }

  @Test
  void counters_addUp_whateverHappens() throws Exception {
    node.apply(
        "s.backend = jms",
        "s.queue = q",
        "s.rate.user = 50/h",
        "s.max-request = 10",
        "s.breaker.calls = 10",
        "s.breaker.open-for = 1h");
    UplinkNode.call(alice, 1, "s", "far too large", 0);
    call(alice, "s", 20);
    answer = CallResult.failed(Status.NOT_FOUND, "no");
    call(alice, "s", 5);
    answer = CallResult.failed(Status.UNAVAILABLE, "away");
    call(alice, "s", 30);

    ServiceState.Counts counts = node.counts("s");
    assertThat(counts.inFlight()).isZero();
    assertThat(counts.calls()).isEqualTo(56);
    assertThat(counts.outcomes().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(56);
    assertThat(counts.outcomes())
        .containsEntry(Status.OK, 20L)
        .containsEntry(Status.NOT_FOUND, 5L)
        .containsEntry(Status.TOO_LARGE, 1L);
  }

  @Test
  void disconnect_endsItsCallsCancelled_andTheyCount() throws Exception {
    node.apply("s.backend = jms", "s.queue = stuck", "s.breaker.calls = 2");
    for (int i = 1; i <= 4; i++) {
      alice.send(request(i, "s", "", 0));
    }
    entered.acquire(4);
    alice.hangUp();
    await()
        .untilAsserted(
            () ->
                assertThat(node.counts("s"))
                    .isEqualTo(new ServiceState.Counts(4, 0, Map.of(Status.CANCELLED, 4L))));
    assertThat(node.circuit("s")).isEqualTo("closed");
  }
}
