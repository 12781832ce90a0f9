package io.trunkline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.protobuf.ByteString;
import io.trunkline.gateway.uplink.UplinkCall;
import io.trunkline.gateway.uplink.UplinkService;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that ask for more than is good for them: bounded, and nobody else notices. */
class UplinkFloodTest {
  private static final int FLOOD = 100_000;

  /** Of one session, by the setting's default; the stuck service has room for a few more. */
  private static final int MAX_OUTSTANDING = 1_024;

  /** Longer than all of it takes on a busy machine. */
  private static final int DEADLINE_MS = 600_000;

  private final GatewayFixture fixture = GatewayFixture.shared();
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger worked = new AtomicInteger();
  private Gateway gateway;

  @BeforeEach
  void startNode() throws Exception {
    var stuck = new UplinkService("stuck", true, Map.of("wait", this::waitForRelease));
    gateway =
        Gateway.start(
            fixture.config(
                "gw-flood",
                Map.of(
                    "clients.slow-timeout", "10m",
                    "clients.liveness-timeout", "10m",
                    "uplink.max-deadline", "10m")),
            List.of(stuck),
            List.of());
  }

  @AfterEach
  void stopNode() {
    release.countDown();
    gateway.close();
  }

  private CallResult waitForRelease(UplinkCall call) throws InterruptedException {
    worked.incrementAndGet();
    release.await();
    return CallResult.json("1");
  }

  private TestClient login(String device) throws IOException {
    String address = gateway.clientAddress();
    int colon = address.lastIndexOf(':');
    TestClient client =
        TestClient.connect(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    client.hello(fixture.token("f-" + UUID.randomUUID()), device, Map.of());
    assertThat(client.receive().hasWelcome()).isTrue();
    return client;
  }

  private static Frame request(String service, String method, int seq, ByteString payload) {
    return Frame.newBuilder()
        .setRequest(
            Request.newBuilder()
                .setSeq(seq)
                .setService(service)
                .setMethod(method)
                .setPayload(payload)
                .setDeadlineMs(DEADLINE_MS))
        .build();
  }

  private static byte[] flood(boolean oneWay) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int seq = 1; seq <= FLOOD; seq++) {
      Frame frame = request("stuck", "wait", seq, ByteString.EMPTY);
      frame.toBuilder()
          .setRequest(frame.getRequest().toBuilder().setOneWay(oneWay))
          .build()
          .writeDelimitedTo(bytes);
    }
    return bytes.toByteArray();
  }

  private void assertOthersGoOn() throws IOException {
    try (var other = login("other")) {
      for (int seq = 1; seq <= 50; seq++) {
        other.send(request("echo", "echo", seq, ByteString.copyFromUtf8("hi")));
        Response answer = other.receive().getResponse();
        assertThat(answer.getStatus()).isEqualTo(Status.OK);
        assertThat(answer.getSeq()).isEqualTo(seq);
      }
    }
  }

  @Test
  void manyOutstandingOfOneClient_areBusyBeyondItsBound_eachIsAnsweredOnce() throws Exception {
    byte[] flood = flood(false);
    try (var client = login("flood")) {
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(() -> client.sendBytes(flood), Thread::startVirtualThread);
      Map<Status, Integer> statuses = new EnumMap<>(Status.class);
      BitSet answered = new BitSet();
      read(client, FLOOD - MAX_OUTSTANDING, answered, statuses);
      writing.join();
      assertThat(statuses).containsOnlyKeys(Status.BUSY);
      assertOthersGoOn();

      release.countDown();
      read(client, MAX_OUTSTANDING, answered, statuses);
      assertThat(statuses)
          .containsOnly(
              Map.entry(Status.BUSY, FLOOD - MAX_OUTSTANDING),
              Map.entry(Status.OK, MAX_OUTSTANDING));
      assertThat(answered.cardinality()).isEqualTo(FLOOD);
    }
  }

  private static void read(
      TestClient client, int count, BitSet answered, Map<Status, Integer> statuses)
      throws IOException {
    for (int i = 0; i < count; i++) {
      Response answer = client.receive().getResponse();
      assertThat(answered.get((int) answer.getSeq())).as("answered twice").isFalse();
      answered.set((int) answer.getSeq());
      statuses.merge(answer.getStatus(), 1, Integer::sum);
    }
  }

  @Test
  void floodOfOneWayCalls_isBounded_andNotAnswered() throws Exception {
    try (var client = login("flood")) {
      client.sendBytes(flood(true));
      client.send(request("echo", "echo", 7, ByteString.EMPTY));

      assertThat(client.receive().getResponse().getSeq()).isEqualTo(7);
      assertOthersGoOn();
      release.countDown();
      await().untilAsserted(() -> assertThat(worked).hasValue(MAX_OUTSTANDING));
    }
  }

  @Test
  void clientThatAsksAndDoesNotRead_isReadNoFurther_andMissesNothingInTheEnd() throws Exception {
    ByteString payload = ByteString.copyFrom(new byte[64 << 10]);
    int asked = 2_000; // 125 MiB: more than the sockets hold
    AtomicInteger sent = new AtomicInteger();
    try (var client = login("deaf")) {
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                for (int seq = 1; seq <= asked; seq++) {
                  client.sendUnchecked(request("echo", "echo", seq, payload));
                  sent.incrementAndGet();
                }
              },
              Thread::startVirtualThread);

      await().until(() -> pendingBytes() > 1 << 20);
      assertOthersGoOn();
      // One read more than the bound, of 16 buffers at the most.
      assertThat(pendingBytes()).isLessThan(4 << 20);
      assertThat(sent.get()).isLessThan(asked);

      for (int seq = 1; seq <= asked; seq++) {
        assertThat(client.receive().getResponse().getSeq()).isEqualTo(seq);
      }
      writing.join();
    }
  }

  private long pendingBytes() throws Exception {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://" + gateway.apiAddress() + "/api/v1/sessions?local=true&limit=1"))
            .header("Authorization", "Bearer " + GatewayFixture.API_TOKEN)
            .timeout(Duration.ofSeconds(60))
            .build();
    try (var http = HttpClient.newHttpClient()) {
      var body = http.send(request, BodyHandlers.ofString()).body();
      return new JsonMapper().readTree(body).at("/sessions/0/counters/pending_bytes").asLong();
    }
  }
}
