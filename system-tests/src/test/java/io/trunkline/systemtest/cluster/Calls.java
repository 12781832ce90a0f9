package io.trunkline.systemtest.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.trunkline.client.Backoff;
import io.trunkline.client.TrunklineClient;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.protocol.v1.Status;
import io.trunkline.systemtest.calls.Outcomes;
import io.trunkline.systemtest.calls.Outcomes.Outcome;
import io.trunkline.systemtest.calls.ParcelsBackEnd;
import io.trunkline.systemtest.installation.Installation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/** Clients that call a back end at a steady rate, and never the same twice. Thread-safe. */
final class Calls implements AutoCloseable {
  private static final int CLIENTS = 6;
  private static final long PERIOD_MS = 50;
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(100), 2, Duration.ofSeconds(1));

  private final ParcelsBackEnd backEnd;
  private final List<TrunklineClient> clients = new ArrayList<>();
  private final Outcomes outcomes = new Outcomes();
  private final Map<Integer, AtomicInteger> answered = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();

  /** Of the clock's thread. */
  private boolean resting;

  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);

  /** The back end as the nodes know it. */
  static String routes(ParcelsBackEnd backEnd) {
    return """
    parcels.backend = http
    parcels.url = %s
    parcels.method.create = POST /parcels
    """
        .formatted(backEnd.url());
  }

  Calls(Installation installation, IntFunction<List<String>> urls, ParcelsBackEnd backEnd)
      throws IOException {
    this.backEnd = backEnd;
    for (int i = 0; i < CLIENTS; i++) {
      // What is for everybody is not acknowledged: who is in the books would have to know of it.
      var builder =
          TrunklineClient.builder().token(installation.token("caller-" + i)).autoAck(false);
      urls.apply(i).forEach(builder::url);
      TrunklineClient client =
          builder
              .backoff(BACKOFF)
              .connectTimeout(CONNECT_TIMEOUT)
              .handshakeTimeout(CONNECT_TIMEOUT)
              .build();
      clients.add(client);
      var _ = client.connect();
    }
    clock.scheduleAtFixedRate(this::call, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  private void call() {
    if (resting) {
      return;
    }
    int number = numbers.getAndIncrement();
    int caller = number % CLIENTS;
    String parcel = "{\"id\":\"parcel-" + number + "\"}";
    outcomes.started(parcel);
    long beginNs = System.nanoTime();
    var asked =
        new OutgoingCall(
            "parcels",
            "create",
            ByteString.copyFromUtf8(parcel),
            CallResult.JSON,
            Map.of(),
            DEADLINE);
    var _ =
        clients
            .get(caller)
            .call(asked)
            .thenAccept(
                result -> {
                  if (result.status() == Status.OK) {
                    answered.computeIfAbsent(caller, key -> new AtomicInteger()).incrementAndGet();
                  }
                  outcomes.ended(
                      new Outcome("parcels", parcel, result.status(), System.nanoTime() - beginNs));
                });
  }

  /** How many calls came to a good end so far. */
  int answered() {
    return answered.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  /**
   * Waits until every client can call again, and lets them rest: each call had one outcome; what
   * was answered was done, and nothing was done twice. Then they go on.
   */
  void balance() {
    Map<Integer, Integer> before = new ConcurrentHashMap<>();
    answered.forEach((caller, count) -> before.put(caller, count.get()));
    await("every client's calls are answered")
        .atMost(Cluster.PATIENCE)
        .until(
            () ->
                answered.size() == CLIENTS
                    && answered.entrySet().stream()
                        .allMatch(
                            each -> each.getValue().get() > before.getOrDefault(each.getKey(), 0)));
    rest(true);
    await("no call is open").atMost(Cluster.PATIENCE).until(() -> outcomes.open() == 0);
    System.out.println("calls: " + outcomes.byStatus("parcels"));
    assertThat(outcomes.notOnce()).isEmpty();
    assertThat(
            outcomes.all().stream()
                .filter(each -> each.status() == Status.OK)
                .map(Outcome::call)
                .filter(parcel -> !backEnd.created().containsKey(parcel)))
        .as("answered, but not done")
        .isEmpty();
    assertThat(backEnd.created()).allSatisfy((parcel, times) -> assertThat(times).hasValue(1));
    rest(false);
  }

  /** Returns when no call is just being made. */
  private void rest(boolean now) {
    CompletableFuture.runAsync(() -> resting = now, clock).join();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    clients.forEach(TrunklineClient::close);
  }
}
