package io.trunkline.gateway.uplink;

import static io.trunkline.gateway.uplink.UplinkNode.call;
import static io.trunkline.gateway.uplink.UplinkNode.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.TestClient;
import io.trunkline.gateway.uplink.routes.RouteProblem;
import io.trunkline.gateway.uplink.routes.RouteProblem.Code;
import io.trunkline.gateway.uplink.routes.RoutesException;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutesTest {
  private static final Duration CHECK = Duration.ofMillis(20);

  private final CountDownLatch release = new CountDownLatch(1);
  private final Semaphore entered = new Semaphore(0);
  private final UplinkNode node;
  private final TestClient client;

  RoutesTest(@TempDir Path folder) throws IOException {
    node = new UplinkNode(folder, CHECK);
    node.queue("a", _ -> CallResult.json("\"a\"")).queue("b", _ -> CallResult.json("\"b\""));
    node.queue(
        "slow",
        _ -> {
          entered.release();
          release.await();
          return CallResult.json("\"slow\"");
        });
    client = node.login("alice", "d1");
  }

  @AfterEach
  void stop() throws IOException {
    release.countDown();
    node.close();
  }

  private String answer(String service) throws IOException {
    Response response = call(client, 1, service);
    return response.getStatus() == Status.OK
        ? response.getPayload().toStringUtf8()
        : response.getStatus().name();
  }

  @Test
  void fileThatIsNotThere_isNoRoutes_andMayComeLater() throws Exception {
    node.routes.load();
    assertThat(node.routes.status().ok()).isTrue();
    assertThat(node.routes.status().loadedAt()).isNull();
    node.routes.watch(node.alarm());
    assertThat(answer("s")).isEqualTo("NOT_FOUND");

    node.write("s.backend = jms", "s.queue = a");
    await().untilAsserted(() -> assertThat(answer("s")).isEqualTo("\"a\""));
    assertThat(node.routes.status().loadedAt()).isNotNull();
  }

  @Test
  void fileWithErrors_atTheStart_isRefused() throws Exception {
    node.write("s.backend = jms", "s.tmeout = 5s");
    assertThatThrownBy(node.routes::load)
        .isInstanceOf(RoutesException.class)
        .hasMessageContaining("line 2, 's.tmeout': unknown; did you mean 's.timeout'?");
  }

  @Test
  void changes_areTakenOver_withoutARestart() throws Exception {
    node.write("s.backend = jms", "s.queue = a");
    node.routes.load();
    node.routes.watch(node.alarm());
    assertThat(answer("s")).isEqualTo("\"a\"");

    node.write("s.backend = jms", "s.queue = b");
    await().untilAsserted(() -> assertThat(answer("s")).isEqualTo("\"b\""));
    node.write("# nothing");
    await().untilAsserted(() -> assertThat(answer("s")).isEqualTo("NOT_FOUND"));
  }

  @Test
  void fileWithErrors_keepsTheOldTable_andIsToldUntilItIsRight() throws Exception {
    node.apply("s.backend = jms", "s.queue = a");
    node.routes.watch(node.alarm());

    node.write("s.backend = jms", "s.queue = b", "t.backend = jmss");
    await().until(() -> !node.routes.status().ok());
    assertThat(answer("s")).isEqualTo("\"a\"");
    assertThat(node.routes.status().problems())
        .singleElement()
        .returns(3, RouteProblem::line)
        .returns(Code.INVALID_VALUE, RouteProblem::code);
    assertThat(node.routes.failedReloads()).isOne();

    node.write("s.backend = jms", "s.queue = b");
    await().until(() -> node.routes.status().ok());
    assertThat(answer("s")).isEqualTo("\"b\"");
  }

  @Test
  void backEndThatDoesNotOpen_changesNothing_andWhatWasOpenedIsClosed() throws Exception {
    node.apply("s.backend = jms", "s.queue = a");
    node.write("a.backend = jms", "a.queue = b", "s.backend = jms", "s.queue = nowhere");
    RoutesStatus status = node.routes.reload();

    assertThat(status.problems())
        .singleElement()
        .returns(Code.BACK_END_FAILED, RouteProblem::code)
        .returns("no queue nowhere", RouteProblem::message);
    assertThat(answer("s")).isEqualTo("\"a\"");
    assertThat(answer("a")).isEqualTo("NOT_FOUND");
    await().untilAsserted(() -> assertThat(node.opened.getLast().closed.get()).isOne());
    assertThat(node.opened.getFirst().closed.get()).isZero();
  }

  @Test
  void fileThatVanishes_changesNothing() throws Exception {
    node.apply("s.backend = jms", "s.queue = a");
    Files.delete(node.file);
    RoutesStatus status = node.routes.reload();
    assertThat(status.problems()).singleElement().returns(Code.UNREADABLE, RouteProblem::code);
    assertThat(answer("s")).isEqualTo("\"a\"");
  }

  @Test
  void removedRoute_letsItsCallsFinish_andIsClosedAfterTheLast() throws Exception {
    node.apply("s.backend = jms", "s.queue = slow", "s.max-concurrent = 1");
    client.send(request(7, "s", "", 0));
    entered.acquire();
    client.send(request(8, "s", "", 0)); // waits
    await().untilAsserted(() -> assertThat(node.bounds("s").queued()).isOne());

    node.apply("# nothing");
    assertThat(answer("s")).isEqualTo("NOT_FOUND");
    assertThat(node.opened.getFirst().closed.get()).isZero();

    release.countDown();
    assertThat(client.receive().getResponse())
        .returns(7L, Response::getSeq)
        .returns(Status.OK, Response::getStatus);
    assertThat(client.receive().getResponse())
        .returns(8L, Response::getSeq)
        .returns(Status.OK, Response::getStatus);
    await().untilAsserted(() -> assertThat(node.opened.getFirst().closed.get()).isOne());
  }

  @Test
  void changedRoute_sendsNewCallsToTheNewBackEnd_whileOldOnesFinish() throws Exception {
    node.apply("s.backend = jms", "s.queue = slow");
    client.send(request(7, "s", "", 0));
    entered.acquire();

    node.apply("s.backend = jms", "s.queue = b");
    assertThat(answer("s")).isEqualTo("\"b\"");
    release.countDown();
    assertThat(client.receive().getResponse().getPayload().toStringUtf8()).isEqualTo("\"slow\"");
  }

  @Test
  void changedBounds_keepTheBackEnd() throws Exception {
    node.apply("s.backend = jms", "s.queue = slow", "s.max-concurrent = 1", "s.max-queued = 0");
    client.send(request(7, "s", "", 0));
    entered.acquire();
    assertThat(answer("s")).isEqualTo("BUSY");

    node.apply("s.backend = jms", "s.queue = slow", "s.max-concurrent = 2", "s.max-queued = 0");
    client.send(request(8, "s", "", 0));
    entered.acquire();
    assertThat(node.opened).hasSize(1);
    assertThat(node.bounds("s")).isEqualTo(new ServiceState.Bounds(2, 0, 2, 0));
  }

  @Test
  void moreRoom_isForThoseWhoWait_atOnce() throws Exception {
    node.apply("s.backend = jms", "s.queue = slow", "s.max-concurrent = 1");
    for (int seq = 1; seq <= 3; seq++) {
      client.send(request(seq, "s", "", 0));
    }
    await().untilAsserted(() -> assertThat(node.bounds("s").queued()).isEqualTo(2));
    assertThat(entered.availablePermits()).isOne();

    node.apply("s.backend = jms", "s.queue = slow", "s.max-concurrent = 2");
    await().untilAsserted(() -> assertThat(entered.availablePermits()).isEqualTo(2));
    assertThat(node.bounds("s").queued()).isOne();
  }

  @Test
  void reload_keepsCounters_andWhatIsLeftOfUnchangedRates() throws Exception {
    node.apply("s.backend = jms", "s.queue = a", "s.rate.user = 2/h");
    assertThat(answer("s")).isEqualTo("\"a\"");
    node.apply("s.backend = jms", "s.queue = b", "s.rate.user = 2/h", "s.timeout = 5s");
    assertThat(answer("s")).isEqualTo("\"b\"");
    assertThat(answer("s")).isEqualTo("RATE_LIMITED");
    assertThat(node.counts("s").calls()).isEqualTo(3);
  }

  @Test
  void serviceOfTheProcess_canBeReplacedByTheFile_andComesBack() throws Exception {
    node.apply("echo.backend = jms", "echo.queue = a");
    assertThat(answer("echo")).isEqualTo("\"a\"");
    node.apply("# nothing");
    assertThat(call(client, 2, "echo", "hi", 0).getPayload().toStringUtf8()).isEqualTo("hi");
  }

  @Test
  void end_closesAllBackEnds_once() throws Exception {
    node.apply("s.backend = jms", "s.queue = a", "t.backend = jms", "t.queue = b");
    node.routes.close();
    node.routes.close();
    assertThat(node.opened).allSatisfy(one -> assertThat(one.closed.get()).isOne());
    assertThat(answer("s")).isEqualTo("NOT_FOUND");
  }

  /**
   * Four clients with 32 calls each under way, while service s changes its back end and t its
   * bounds every 100 ms.
   */
  @Test
  void routesThatChangeUnderLoad_loseNoCall_andDoubleNone() throws Exception {
    int clients = 4;
    node.apply("s.backend = jms", "s.queue = a", "t.backend = jms", "t.queue = a");
    var done = new CountDownLatch(clients);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Load>> loads = new ArrayList<>();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
      for (int i = 0; i < clients; i++) {
        TestClient one = node.login("user-" + i, "d1");
        Callable<Load> load =
            () -> {
              try {
                return new Load(one).until(until);
              } finally {
                done.countDown();
              }
            };
        loads.add(threads.submit(load));
      }
      int changes = 0;
      while (!done.await(100, TimeUnit.MILLISECONDS)) {
        changes++;
        node.apply(
            "s.backend = jms",
            "s.queue = " + (changes % 2 == 0 ? "a" : "b"),
            "t.backend = jms",
            "t.queue = a",
            "t.max-concurrent = " + (1 + changes % 64),
            "t.max-queued = 1000");
      }
      long sent = 0;
      for (Future<Load> load : loads) {
        sent += load.get().sent;
      }
      assertThat(changes).isGreaterThan(10);
      assertThat(sent).isGreaterThan(1_000);
      assertThat(node.counts("s").calls() + node.counts("t").calls()).isEqualTo(sent);
      assertThat(node.counts("s").inFlight()).isZero();
      assertThat(node.opened.stream().mapToLong(one -> one.calls.get()).sum()).isEqualTo(sent);
      int expected = changes;
      // t's was opened once, s's with each change; all but the last of s are closed.
      assertThat(node.opened).hasSize(2 + expected);
      await()
          .untilAsserted(
              () ->
                  assertThat(node.opened.stream().mapToInt(one -> one.closed.get()).sum())
                      .isEqualTo(expected));
      assertThat(node.opened).allMatch(one -> one.closed.get() <= 1);
    }
  }

  /** A client that keeps 32 calls under way, and looks at each answer. */
  private static final class Load {
    private static final int WINDOW = 32;
    private final TestClient client;
    private final BitSet answered = new BitSet();
    private int sent;

    Load(TestClient client) {
      this.client = client;
    }

    Load until(long nanos) throws IOException {
      int received = 0;
      while (System.nanoTime() < nanos || received < sent) {
        while (sent - received < WINDOW && System.nanoTime() < nanos) {
          sent++;
          client.send(request(sent, sent % 2 == 0 ? "s" : "t", "", 0));
        }
        if (received == sent) {
          break;
        }
        Response answer = client.receive().getResponse();
        received++;
        assertThat(answer.getStatus()).as(answer.toString()).isEqualTo(Status.OK);
        assertThat(answered.get((int) answer.getSeq())).as("answered twice").isFalse();
        answered.set((int) answer.getSeq());
      }
      assertThat(answered.cardinality()).isEqualTo(sent);
      return this;
    }
  }
}
