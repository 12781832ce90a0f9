package io.trunkline.invocation.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.OutgoingCall;
import io.trunkline.invocation.payload.PayloadCodecs;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Pong;
import io.trunkline.protocol.v1.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ServiceProxyTest extends OrdersFixture {
  @Test
  void method_isCalledWithItsArguments_andReturnsTheResult() throws Exception {
    assertThat(orders.create("tea", 2)).isEqualTo(new Order(1, "tea", 2));

    OutgoingCall sent = lastSent();
    assertThat(sent.service()).isEqualTo("orders");
    assertThat(sent.method()).isEqualTo("make");
    assertThat(sent.contentType()).isEqualTo("application/json");
    assertThat(sent.payload().toStringUtf8()).isEqualTo("{\"item\":\"tea\",\"quantity\":2}");
    assertThat(sent.timeout()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void future_isReturnedAtOnce_andCompletesWithTheResult() throws Exception {
    assertThat(orders.getLater(7).get(10, TimeUnit.SECONDS).item()).isEqualTo("tea");
    assertThat(orders.all().toCompletableFuture().get(10, TimeUnit.SECONDS))
        .containsExactly(new Order(1, "tea", 1));
    assertThat(orders.touchLater().get(10, TimeUnit.SECONDS)).isNull();
    assertThat(shop.notes).containsExactly("touched later");
  }

  @Test
  void voidMethod_waitsForItsAnswer() throws IOException {
    orders.touch();
    assertThat(shop.notes).containsExactly("touched");
    assertThat(lastSent().payload().isEmpty()).isTrue();
  }

  @Test
  void nullResult_staysNull() {
    assertThat(orders.latest()).isNull();
    assertThat(wire.json("orders", "latest", "").text()).isEqualTo("null");
  }

  @Test
  void oneWayMethod_returnsWhenHandedOver() {
    orders.note("hello");
    await().until(() -> shop.notes.contains("hello"));
  }

  @Test
  void defaultMethod_runsOnTheCallingSide() throws Exception {
    assertThat(orders.pair("tea")).isEqualTo(new Order(1, "tea", 2));
    assertThat(lastSent().method()).isEqualTo("make");
    assertThat(wire.json("orders", "pair", "").status()).isEqualTo(Status.NOT_FOUND);
  }

  @Test
  void timeoutOfTheMethod_goesBeforeTheProxys() {
    assertThat(orders.slow().item()).isEqualTo("slow");
    assertThat(lastSent().timeout()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void protobufMessages_goAsProtobuf() {
    Pong pong = orders.ping(Ping.newBuilder().setNonce(42).build());
    assertThat(pong.getNonce()).isEqualTo(42);
    assertThat(lastSent().contentType()).isEqualTo("application/x-protobuf");
  }

  @Test
  void equality_isIdentity() {
    Orders other = wire.proxy(Orders.class);
    assertThat(orders.equals(orders)).isTrue();
    assertThat(orders.equals(other)).isFalse();
    assertThat(orders.hashCode()).isEqualTo(orders.hashCode());
    assertThat(orders.toString()).contains("Orders", "orders");
    assertThat(wire.sent).isEmpty();
  }

  @Test
  void cancelledFuture_takesTheCallBack() throws Exception {
    CompletableFuture<CallResult> outcome = new CompletableFuture<>();
    Orders silent =
        ServiceProxy.of(
            Orders.class, new Silent(outcome), Duration.ofSeconds(10), PayloadCodecs.standard());
    CompletableFuture<Order> order = silent.getLater(7);
    order.cancel(true);
    assertThat(outcome).isCancelled();
  }

  @Service("clock")
  interface Ticks {
    int tick(@Param("count") int count) throws SoldOut;
  }

  @Test
  void eitherSideCallsTheOther_alsoWithinACall() throws Exception {
    try (Wire back = new Wire().serve(Ticks.class, count -> count + 1)) {
      Ticks there = back.proxy(Ticks.class);
      wire.serve(Ticks.class, count -> there.tick(count) * 10);
      assertThat(wire.proxy(Ticks.class).tick(1)).isEqualTo(20);
    }
  }

  @Test
  void implementation_seesTheCallItWorksOn() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    wire.serve(
        Ticks.class,
        count -> {
          seen.set(CurrentCall.get(Wire.Incoming.class).method());
          return count;
        });
    assertThat(wire.proxy(Ticks.class).tick(1)).isEqualTo(1);
    assertThat(seen.get()).isEqualTo("tick");
    assertThatThrownBy(() -> CurrentCall.get(Wire.Incoming.class))
        .isInstanceOf(IllegalStateException.class);
  }

  record Traced(String text) {
    static final Queue<String> FRAMES = new ConcurrentLinkedQueue<>();

    Traced {
      FRAMES.addAll(frames());
    }

    static List<String> frames() {
      return StackWalker.getInstance(StackWalker.Option.SHOW_HIDDEN_FRAMES)
          .walk(frames -> frames.map(StackWalker.StackFrame::getClassName).toList());
    }
  }

  interface Tracing {
    Traced trace(Traced traced);

    default Traced twice(Traced traced) {
      Traced.FRAMES.addAll(Traced.frames());
      return trace(trace(traced));
    }
  }

  @Test
  void nothingIsCalledByReflection() throws Exception {
    wire.serve(
        Tracing.class,
        traced -> {
          Traced.FRAMES.addAll(Traced.frames());
          return traced;
        });
    Tracing proxy = wire.proxy(Tracing.class);
    // On another thread: this one was called by reflection, by JUnit.
    CompletableFuture<Traced> traced =
        CompletableFuture.supplyAsync(() -> proxy.twice(new Traced("x")));
    assertThat(traced.get(10, TimeUnit.SECONDS).text()).isEqualTo("x");
    assertThat(Traced.FRAMES)
        .anyMatch(frame -> frame.endsWith("BoundMethod"))
        .anyMatch(frame -> frame.endsWith("RemoteMethod"))
        .noneMatch(
            frame ->
                frame.startsWith("jdk.internal.reflect.")
                    || frame.equals("java.lang.reflect.Method")
                    || frame.equals("java.lang.reflect.Constructor"));
  }

  interface Later {
    CompletableFuture<String> never();
  }

  @Test
  void interruptedWorker_takesBackTheImplementationsFuture() throws Exception {
    CompletableFuture<String> never = new CompletableFuture<>();
    CountDownLatch asked = new CountDownLatch(1);
    wire.serve(
        Later.class,
        () -> {
          asked.countDown();
          return never;
        });
    CompletableFuture<String> unused = wire.proxy(Later.class).never();
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    Objects.requireNonNull(wire.work.poll()).cancel(true);
    await().until(never::isCancelled);
  }
}
