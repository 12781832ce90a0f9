package io.trunkline.gateway.uplink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.trunkline.gateway.uplink.CallIdentity;
import io.trunkline.gateway.uplink.Calls;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against servers that do not keep to the rules, or not for long. */
class HttpNonsenseTest {
  private static final CallIdentity IDENTITY =
      CallIdentity.of(List.of(), Optional.empty(), Clock.systemUTC());

  private static HttpBackEnd open(RawServer server) {
    return HttpBackEnd.open(
        "stock",
        new HttpBackEnd.Options(
            server.url(),
            Map.of("get", "GET /items/{id}", "put", "PUT /items", "take", "POST /items/take"),
            Map.of(),
            Map.of(),
            List.of(),
            4),
        IDENTITY,
        10_000);
  }

  private static CallResult call(HttpBackEnd stock, String method) throws InterruptedException {
    return stock.handle(Calls.json("stock", method, "{\"id\":1}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\n\r\n",
        "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200",
      })
  void nonsense_isInternal_andTheConnectionIsClosed(String nonsense) throws Exception {
    try (RawServer server =
            new RawServer(
                peer -> {
                  peer.request();
                  peer.say(nonsense);
                });
        HttpBackEnd stock = open(server)) {
      CallResult result = call(stock, "get");

      assertThat(result.status()).as(result.message()).isEqualTo(Status.INTERNAL);
      assertThat(result.message()).contains("'stock'");
      assertThat(stock.keptConnections()).isZero();
      assertThat(server.requests).as("not repeated").hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        ""
      })
  void answerWithoutEnd_isCutOff_andTheServerSeesItsConnectionEnd(String begin) throws Exception {
    try (RawServer server =
            new RawServer(
                peer -> {
                  peer.request();
                  peer.say(begin);
                  while (true) {
                    peer.say("x-header-number: " + "y".repeat(900) + "\r\n");
                  }
                });
        HttpBackEnd stock = open(server)) {
      assertThat(call(stock, "get").status()).isEqualTo(Status.INTERNAL);

      await().untilAsserted(() -> assertThat(server.ended).hasValue(1));
    }
  }

  @Test
  void answerThatDripsOn_endsWithTheDeadline() throws Exception {
    try (RawServer server =
            new RawServer(
                peer -> {
                  peer.request();
                  peer.say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
                  while (true) {
                    peer.say("x");
                    java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                  }
                });
        HttpBackEnd stock = open(server)) {
      CallResult result =
          stock.handle(Calls.within(Duration.ofMillis(300), "stock", "get", "{\"id\":1}"));

      assertThat(result.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
      await().untilAsserted(() -> assertThat(server.ended).hasValue(1));
    }
  }

  @Test
  void noAnswer_endsWithTheDeadline() throws Exception {
    try (RawServer server =
            new RawServer(
                peer -> {
                  peer.request();
                  peer.awaitEnd();
                });
        HttpBackEnd stock = open(server)) {
      CallResult result = stock.handle(Calls.within(Duration.ofMillis(200), "stock", "take", "{}"));

      assertThat(result.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
      assertThat(result.message()).contains("not known");
      await().untilAsserted(() -> assertThat(server.ended).hasValue(1));
    }
  }

  @Test
  void serverThatDoesNotRead_isLeft_whenTheCallIsInterrupted() throws Exception {
    var connected = new CountDownLatch(1);
    var over = new CountDownLatch(1);
    try (RawServer server =
            new RawServer(
                peer -> {
                  connected.countDown();
                  peer.await(over);
                });
        HttpBackEnd stock = open(server);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<CallResult> call =
          threads.submit(() -> stock.handle(Calls.json("stock", "take", "x".repeat(64 << 20))));
      connected.await();

      call.cancel(/* mayInterruptIfRunning= */ true);
      threads.shutdown();

      assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).as("the writer has left").isTrue();
      over.countDown();
      assertThat(stock.keptConnections()).isZero();
    }
  }

  @Test
  void bytesAfterAnAnswer_areNobodysAnswer() throws Exception {
    try (RawServer server =
            new RawServer(
                peer -> {
                  while (!peer.request().isEmpty()) {
                    peer.say("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nminesomebody else's");
                  }
                });
        HttpBackEnd stock = open(server)) {
      for (int i = 0; i < 20; i++) {
        assertThat(call(stock, "get").text()).isEqualTo("mine");
      }
    }
  }

  @Test
  void bytesOnAnIdleConnection_areNobodysAnswer() throws Exception {
    var said = new java.util.concurrent.Semaphore(0);
    var spoken = new java.util.concurrent.Semaphore(0);
    try (RawServer server =
            new RawServer(
                peer -> {
                  while (!peer.request().isEmpty()) {
                    peer.ok("mine");
                    said.acquireUninterruptibly();
                    peer.ok("somebody else's");
                    spoken.release();
                  }
                });
        HttpBackEnd stock = open(server)) {
      for (int i = 0; i < 5; i++) {
        assertThat(call(stock, "get").text()).isEqualTo("mine");
        said.release();
        spoken.acquire();
      }
    }
  }

  @Test
  void bodyUpToTheEndOfTheConnection_isRead() throws Exception {
    try (RawServer server =
            new RawServer(
                peer -> {
                  peer.request();
                  peer.say("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nold but right");
                });
        HttpBackEnd stock = open(server)) {
      assertThat(call(stock, "get").text()).isEqualTo("old but right");
      assertThat(stock.keptConnections()).isZero();
    }
  }

  @Test
  void chunksAndTrailers_areRead() throws Exception {
    try (RawServer server =
            new RawServer(
                peer -> {
                  while (!peer.request().isEmpty()) {
                    peer.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: a\r\n\r\n");
                    peer.say("3\r\nabc\r\n2\r\nde\r\n0\r\na: b\r\n\r\n");
                  }
                });
        HttpBackEnd stock = open(server)) {
      CallResult first = call(stock, "get");
      assertThat(first.text()).as(first.message()).isEqualTo("abcde");
      assertThat(call(stock, "get").text()).isEqualTo("abcde");
    }
  }

  @Test
  void keptConnectionThatTheServerClosed_isNotUsed() throws Exception {
    try (RawServer server =
            new RawServer(
                peer -> {
                  peer.request();
                  peer.ok("1");
                });
        HttpBackEnd stock = open(server)) {
      assertThat(call(stock, "take").ok()).isTrue();
      await().untilAsserted(() -> assertThat(server.ended).hasValue(1));

      assertThat(call(stock, "take").ok()).isTrue();
      assertThat(server.requests).hasSize(2);
    }
  }

  @Test
  void staleConnection_isTriedOnceMore_ifThatCanDoNoHarm() throws Exception {
    try (RawServer server = new RawServer(HttpNonsenseTest::closesAtTheSecondRequest);
        HttpBackEnd stock = open(server)) {
      assertThat(call(stock, "put").ok()).isTrue();

      assertThat(call(stock, "put").ok()).as("on a connection of its own").isTrue();
      assertThat(server.requests).hasSize(3);
      assertThat(server.connections).hasValue(2);
    }
  }

  @Test
  void staleConnection_isNotTriedAgain_ifThatCouldDoItTwice() throws Exception {
    try (RawServer server = new RawServer(HttpNonsenseTest::closesAtTheSecondRequest);
        HttpBackEnd stock = open(server)) {
      assertThat(call(stock, "take").ok()).isTrue();

      CallResult second = call(stock, "take");

      assertThat(second.status()).isEqualTo(Status.INTERNAL);
      assertThat(second.message()).contains("may have been done");
      assertThat(server.requests).hasSize(2);
    }
  }

  private static void closesAtTheSecondRequest(RawServer.Peer peer) throws java.io.IOException {
    peer.request();
    peer.ok("1");
    if (!peer.request().isEmpty()) {
      peer.reset();
    }
  }

  @Test
  void connectionThatNeverAnswersAndCloses_isTriedOnce() throws Exception {
    try (RawServer server = new RawServer(RawServer.Peer::request);
        HttpBackEnd stock = open(server)) {
      assertThat(call(stock, "get").status()).isEqualTo(Status.UNAVAILABLE);
      assertThat(call(stock, "put").status()).isEqualTo(Status.INTERNAL);
      assertThat(server.requests).hasSize(2);
    }
  }
}
