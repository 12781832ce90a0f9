package io.trunkline.gateway.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.netty.util.HashedWheelTimer;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.invocation.typed.CurrentCall;
import io.trunkline.invocation.typed.Fails;
import io.trunkline.invocation.typed.Param;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Services with a Java interface, in the gateway's process. */
class TypedServiceTest {
  @Fails(Status.PERMISSION_DENIED)
  static final class NotYours extends Exception {
    private static final long serialVersionUID = 1;

    NotYours(String message) {
      super(message);
    }
  }

  interface Desk {
    String whoAmI();

    int open(@Param("drawer") int drawer) throws NotYours;

    CompletableFuture<String> never();
  }

  private final CompletableFuture<String> never = new CompletableFuture<>();

  private final class RealDesk implements Desk {
    @Override
    public String whoAmI() {
      return CurrentCall.get(UplinkCall.class).caller().user();
    }

    @Override
    public int open(int drawer) throws NotYours {
      if (drawer == 2) {
        throw new NotYours("drawer 2 is the boss's");
      } else if (drawer == 3) {
        throw new IllegalStateException("a secret of the back end");
      }
      return drawer;
    }

    @Override
    public CompletableFuture<String> never() {
      return never;
    }
  }

  private final HashedWheelTimer timer = new HashedWheelTimer(5, TimeUnit.MILLISECONDS);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final EngineHarness engine = new EngineHarness();
  private final EmbeddedClient client = engine.welcomed("alice", "d1");

  TypedServiceTest() {
    List<UplinkService> services =
        new ArrayList<>(
            BuiltInServices.all(
                Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC)));
    services.add(UplinkService.of(Desk.class, new RealDesk()));
    var config = new UplinkConfig(Duration.ofSeconds(10), Duration.ofSeconds(60), 4, 4);
    engine.serve(
        new Uplink(
            config,
            Routes.inProcess(config, services, threads),
            (delay, task) ->
                timer.newTimeout(timeout -> task.run(), delay, TimeUnit.NANOSECONDS)::cancel,
            8,
            List.of()));
  }

  @AfterEach
  void stop() {
    client.finish();
    threads.shutdownNow();
    timer.stop();
  }

  private Response call(String service, String method, String json, int deadlineMs) {
    client.send(
        Frame.newBuilder()
            .setRequest(
                Request.newBuilder()
                    .setSeq(1)
                    .setService(service)
                    .setMethod(method)
                    .setPayload(ByteString.copyFromUtf8(json))
                    .setDeadlineMs(deadlineMs))
            .build());
    List<Frame> received = new ArrayList<>();
    await().until(() -> received.addAll(client.received()) || !received.isEmpty());
    assertThat(received).hasSize(1);
    return received.getFirst().getResponse();
  }

  @Test
  void implementation_knowsTheVerifiedCaller() {
    assertThat(call("Desk", "whoAmI", "", 0).getPayload().toStringUtf8()).isEqualTo("\"alice\"");
  }

  @Test
  void declaredException_isItsStatus_andNamesItself() {
    Response answer = call("Desk", "open", "{\"drawer\":2}", 0);
    assertThat(answer.getStatus()).isEqualTo(Status.PERMISSION_DENIED);
    assertThat(answer.getMessage()).isEqualTo("drawer 2 is the boss's");
    assertThat(answer.getHeadersMap()).containsEntry("tl-exception", "NotYours");
  }

  @Test
  void otherException_isInternal_andTellsNothing() {
    Response answer = call("Desk", "open", "{\"drawer\":3}", 0);
    assertThat(answer.getStatus()).isEqualTo(Status.INTERNAL);
    assertThat(answer.getMessage()).doesNotContain("secret");
  }

  @Test
  void wrongArgument_isNamed() {
    Response answer = call("Desk", "open", "{\"drawer\":\"top\"}", 0);
    assertThat(answer.getStatus()).isEqualTo(Status.INVALID_ARGUMENT);
    assertThat(answer.getMessage()).contains("'drawer'");
  }

  @Test
  void futureThatComesTooLate_isDeadlineExceeded_andCancelled() {
    assertThat(call("Desk", "never", "", 50).getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED);
    await().until(never::isCancelled);
  }

  @Test
  void sampleOrders_keepTheirPlaceOnTheWire() {
    Response made = call("orders", "create", "{\"item\":\"tea\",\"quantity\":2}", 0);
    String order =
        "{\"id\":1,\"item\":\"tea\",\"quantity\":2,\"created_at\":\"2026-01-31T12:00:00Z\"}";
    assertThat(made.getPayload().toStringUtf8()).isEqualTo(order);
    assertThat(made.getContentType()).isEqualTo("application/json");
    assertThat(call("orders", "get", "{\"id\":1}", 0).getPayload().toStringUtf8()).isEqualTo(order);
    assertThat(call("orders", "list", "", 0).getPayload().toStringUtf8())
        .isEqualTo("[" + order + "]");
    assertThat(call("orders", "create", "{\"item\":\"milk\"}", 0).getPayload().toStringUtf8())
        .contains("\"quantity\":1");
    assertThat(call("orders", "create", "{}", 0).getMessage())
        .isEqualTo("'item' must have 1 to 200 characters");
    assertThat(call("orders", "get", "{\"id\":9}", 0).getMessage())
        .isEqualTo("you have no order 9");
  }
}
