package io.trunkline.systemtest.calls;

import com.google.protobuf.ByteString;
import io.trunkline.client.TrunklineClient;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.typed.CallException;
import io.trunkline.protocol.v1.Status;
import io.trunkline.systemtest.calls.Outcomes.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls all services at a steady rate, each second call by its stub and the others by name, and
 * notes how each ended. It does not wait for one before it makes the next.
 */
final class CallLoad implements AutoCloseable {
  static final String PARCELS = "parcels";
  static final String STOCK = "stock";
  static final String ORDERS = "orders";
  static final List<String> SERVICES = List.of(PARCELS, STOCK, ORDERS);

  /** Of every call. */
  static final Duration DEADLINE = Duration.ofSeconds(1);

  private static final long PERIOD_MS = 25;

  private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
  private final List<Caller> callers;
  private final Outcomes outcomes;
  private final AtomicLong numbers = new AtomicLong();

  private record Caller(
      TrunklineClient client, Stubs.Parcels parcels, Stubs.Stock stock, Stubs.Orders orders) {}

  CallLoad(List<TrunklineClient> clients, Outcomes outcomes) {
    this.outcomes = outcomes;
    this.callers =
        clients.stream()
            .map(
                client ->
                    new Caller(
                        client,
                        client.service(Stubs.Parcels.class, DEADLINE),
                        client.service(Stubs.Stock.class, DEADLINE),
                        client.service(Stubs.Orders.class, DEADLINE)))
            .toList();
  }

  void start() {
    clock.scheduleAtFixedRate(this::round, 0, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  private void round() {
    long number = numbers.incrementAndGet();
    Caller caller = callers.get((int) (number / 2 % callers.size()));
    for (String service : SERVICES) {
      String call = service + "-" + number;
      outcomes.started(call);
      long begin = System.nanoTime();
      CompletableFuture<Status> outcome =
          number % 2 == 0 ? byStub(caller, service, call) : byName(caller, service, call);
      var _ =
          outcome.thenAccept(
              status ->
                  outcomes.ended(new Outcome(service, call, status, System.nanoTime() - begin)));
    }
  }

  private static CompletableFuture<Status> byStub(Caller caller, String service, String call) {
    CompletableFuture<?> answer =
        switch (service) {
          case PARCELS -> caller.parcels().create(new Stubs.NewParcel(call));
          case STOCK -> caller.stock().count(new Stubs.Item(call));
          default -> caller.orders().create(new Stubs.NewOrder(call, 1));
        };
    return answer.handle((value, failure) -> failure == null ? Status.OK : status(failure));
  }

  private static Status status(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof CallException failed) {
      return failed.status();
    }
    throw new IllegalStateException("a stub fails otherwise than it says", failure);
  }

  private static CompletableFuture<Status> byName(Caller caller, String service, String call) {
    String method =
        switch (service) {
          case PARCELS -> "get";
          case STOCK -> "count";
          default -> "list";
        };
    var asked =
        new OutgoingCall(
            service,
            method,
            ByteString.copyFromUtf8("{\"id\":\"" + call + "\"}"),
            CallResult.JSON,
            Map.of(),
            DEADLINE);
    return caller.client().call(asked).thenApply(CallResult::status);
  }

  /** No new calls. */
  @Override
  public void close() {
    clock.shutdownNow();
  }
}
