package io.trunkline.invocation.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServiceProxyTest {
  record Order(long id, String item, int quantity) {}

  @Fails(Status.NOT_FOUND)
  static class NoSuchOrder extends Exception {
    private static final long serialVersionUID = 1;

    NoSuchOrder(String message) {
      super(message);
    }
  }

  static final class ArchivedOrder extends NoSuchOrder {
    private static final long serialVersionUID = 1;

    ArchivedOrder(int year) {
      super("archived in " + year);
    }
  }

  static final class SoldOut extends Exception {
    private static final long serialVersionUID = 1;

    SoldOut(String message) {
      super(message);
    }
  }

  @Service("orders")
  interface Orders {
    Order get(@Param("id") long id) throws NoSuchOrder, SoldOut;

    @Method("make")
    Order create(@Param("item") String item, @Param("quantity") int quantity)
        throws NoSuchOrder, SoldOut;

    CompletableFuture<Order> getLater(@Param("id") long id) throws NoSuchOrder;

    CompletionStage<List<Order>> all();

    CompletableFuture<Void> touchLater();

    @Nullable Order latest();

    void touch() throws IOException;

    @OneWay
    void note(@Param("text") String text);

    @Timeout("2s")
    Order slow();

    String stuck();

    String stuckTold() throws InterruptedException;

    Pong ping(Ping ping);

    default Order pair(String item) throws NoSuchOrder, SoldOut {
      return create(item, 2);
    }
  }

  /** What the other side does. */
  private static class Shop implements Orders {
    final Queue<String> notes = new ConcurrentLinkedQueue<>();
    final CountDownLatch stuck = new CountDownLatch(1);
    final CountDownLatch stuckHere = new CountDownLatch(1);

    @Override
    public Order get(long id) throws NoSuchOrder, SoldOut {
      if (id == 7) {
        return new Order(7, "tea", 2);
      } else if (id == 1999) {
        throw new ArchivedOrder(1999);
      } else if (id < 0) {
        throw new IllegalStateException("a secret of the back end");
      } else if (id == 403) {
        throw new ServiceError(Status.PERMISSION_DENIED, "not yours");
      } else if (id == 429) {
        throw new ServiceError(Status.RATE_LIMITED, "slowly", Duration.ofSeconds(3));
      }
      throw new NoSuchOrder("there is no order " + id);
    }

    @Override
    public Order create(String item, int quantity) throws SoldOut {
      if (quantity > 100) {
        throw new SoldOut("there are 100");
      }
      return new Order(1, item, quantity);
    }

    @Override
    public CompletableFuture<Order> getLater(long id) {
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              return get(id);
            } catch (NoSuchOrder | SoldOut e) {
              throw new CompletionException(e);
            }
          });
    }

    @Override
    public CompletionStage<List<Order>> all() {
      return CompletableFuture.completedStage(List.of(new Order(1, "tea", 1)));
    }

    @Override
    public CompletableFuture<Void> touchLater() {
      return CompletableFuture.runAsync(() -> notes.add("touched later"));
    }

    @Override
    public @Nullable Order latest() {
      return null;
    }

    @Override
    public void touch() {
      notes.add("touched");
    }

    @Override
    public void note(String text) {
      notes.add(text);
    }

    @Override
    public Order slow() {
      return new Order(3, "slow", 1);
    }

    @Override
    public String stuck() {
      stuckHere.countDown();
      try {
        stuck.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return "free";
    }

    @Override
    public String stuckTold() {
      return stuck();
    }

    @Override
    public Pong ping(Ping ping) {
      return Pong.newBuilder().setNonce(ping.getNonce()).build();
    }
  }

  private final Shop shop = new Shop();
  private final Wire wire = new Wire().serve(Orders.class, shop);
  private final Orders orders = wire.proxy(Orders.class);

  @AfterEach
  void close() {
    shop.stuck.countDown();
    wire.close();
  }

  private OutgoingCall lastSent() {
    return Objects.requireNonNull(wire.sent.poll());
  }

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
  void oneWayMethod_throwsWhatRefusedIt() {
    wire.refusal = CallResult.failed(Status.BUSY, "the connection takes no more for now");
    CallException refused = catchThrowableOfType(CallException.class, () -> orders.note("hello"));
    assertThat(refused.status()).isEqualTo(Status.BUSY);
    assertThat(shop.notes).isEmpty();
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
  void declaredException_isThrownHereAsThere() {
    assertThatThrownBy(() -> orders.get(8))
        .isExactlyInstanceOf(NoSuchOrder.class)
        .hasMessage("there is no order 8");
    assertThatThrownBy(() -> orders.create("tea", 101))
        .isExactlyInstanceOf(SoldOut.class)
        .hasMessage("there are 100");
  }

  @Test
  void subclassOfADeclaredException_isThrownAsTheDeclaredOne() {
    assertThatThrownBy(() -> orders.get(1999))
        .isExactlyInstanceOf(NoSuchOrder.class)
        .hasMessage("archived in 1999");
  }

  @Test
  void declaredException_isAStatusForGenericCallers() {
    CallResult missing = wire.json("orders", "get", "{\"id\":8}");
    assertThat(missing.status()).isEqualTo(Status.NOT_FOUND);
    assertThat(missing.message()).isEqualTo("there is no order 8");
    assertThat(missing.headers()).containsEntry("tl-exception", "NoSuchOrder");
    CallResult soldOut = wire.json("orders", "make", "{\"item\":\"tea\",\"quantity\":101}");
    assertThat(soldOut.status()).isEqualTo(Status.CONFLICT);
  }

  @Test
  void declaredException_isWhatAFutureFailsWith() {
    CompletableFuture<Order> missing = futureOf(8);
    assertThatThrownBy(() -> missing.get(10, TimeUnit.SECONDS))
        .hasCauseExactlyInstanceOf(NoSuchOrder.class);
    CompletableFuture<Order> soldOut = futureOf(403);
    assertThatThrownBy(() -> soldOut.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CallException.class);
  }

  private CompletableFuture<Order> futureOf(long id) {
    try {
      return orders.getLater(id);
    } catch (NoSuchOrder e) {
      throw new AssertionError("a future's method does not throw", e);
    }
  }

  @Test
  void undeclaredException_isInternal_andKeepsItsSecret() {
    CallException failed = catchThrowableOfType(CallException.class, () -> orders.get(-1));
    assertThat(failed.status()).isEqualTo(Status.INTERNAL);
    assertThat(failed.getMessage()).doesNotContain("secret");
    assertThat(wire.thrown()).singleElement().isInstanceOf(IllegalStateException.class);
  }

  @Test
  void serviceError_isTheAnswer() {
    CallException denied = catchThrowableOfType(CallException.class, () -> orders.get(403));
    assertThat(denied.status()).isEqualTo(Status.PERMISSION_DENIED);
    assertThat(denied.result().message()).isEqualTo("not yours");
    CallException limited = catchThrowableOfType(CallException.class, () -> orders.get(429));
    assertThat(limited.result().retryAfter()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void unknownService_isNotFound() {
    try (Wire empty = new Wire()) {
      CallException failed =
          catchThrowableOfType(CallException.class, () -> empty.proxy(Orders.class).get(7));
      assertThat(failed.status()).isEqualTo(Status.NOT_FOUND);
    }
  }

  @Test
  void waitingOnAnEventLoop_isRefused_futuresAreNot() throws Exception {
    wire.mayWait = false;
    assertThatThrownBy(() -> orders.get(7))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("orders.get");
    assertThat(wire.sent).isEmpty();
    orders.note("hello");
    assertThat(orders.getLater(7).get(10, TimeUnit.SECONDS).id()).isEqualTo(7);
  }

  @Test
  void interruptedWait_endsAtOnce_andTheThreadStaysInterrupted() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread waiting =
        new Thread(
            () -> {
              thrown.set(catchThrowableOfType(CallException.class, orders::stuck));
              interrupted.set(Thread.currentThread().isInterrupted());
            });
    waiting.start();
    assertThat(shop.stuckHere.await(10, TimeUnit.SECONDS)).isTrue();
    waiting.interrupt();
    waiting.join(10_000);
    assertThat(thrown.get())
        .isInstanceOf(CallException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(interrupted.get()).isTrue();
  }

  @Test
  void interruptedWait_isInterruptedException_whereDeclared() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread waiting =
        new Thread(
            () -> {
              try {
                assertThat(orders.stuckTold()).isEmpty();
              } catch (Throwable e) {
                thrown.set(e);
              }
            });
    waiting.start();
    assertThat(shop.stuckHere.await(10, TimeUnit.SECONDS)).isTrue();
    waiting.interrupt();
    waiting.join(10_000);
    assertThat(thrown.get()).isExactlyInstanceOf(InterruptedException.class);
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

  /** Answers when the test wants. */
  private record Silent(CompletableFuture<CallResult> outcome)
      implements io.trunkline.invocation.Caller {
    @Override
    public CompletableFuture<CallResult> call(OutgoingCall call) {
      return outcome;
    }

    @Override
    public CompletableFuture<CallResult> callOneWay(OutgoingCall call) {
      return outcome;
    }
  }

  @Test
  void answerThatIsNonsense_isACallException_notAnythingElse() {
    Orders broken = answered(CallResult.json("{\"id\":\"x\"}"));
    CallException failed = catchThrowableOfType(CallException.class, () -> broken.get(7));
    assertThat(failed.status()).isEqualTo(Status.INTERNAL);
    assertThat(failed).hasMessageContaining("orders.get").hasMessageContaining("'id'");
  }

  @Test
  void answerThatNamesNoContentType_isTakenForWhatWasAsked() {
    CallResult answer = CallResult.ok(Pong.newBuilder().setNonce(42).build().toByteString(), "");
    Orders foreign = answered(answer);
    assertThat(foreign.ping(Ping.getDefaultInstance()).getNonce()).isEqualTo(42);
    Orders json = answered(CallResult.json("{\"nonce\":\"43\"}"));
    assertThat(json.ping(Ping.getDefaultInstance()).getNonce()).isEqualTo(43);
    Orders odd = answered(CallResult.ok(answer.payload(), "image/png"));
    assertThat(catchThrowableOfType(CallException.class, () -> odd.ping(Ping.getDefaultInstance())))
        .hasMessageContaining("image/png");
  }

  private static Orders answered(CallResult result) {
    return ServiceProxy.of(
        Orders.class,
        new Silent(CompletableFuture.completedFuture(result)),
        Duration.ofSeconds(10),
        PayloadCodecs.standard());
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
