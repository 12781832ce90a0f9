package io.trunkline.invocation.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Pong;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Calls that do not end OK, and threads that may not wait. */
class ServiceFailuresTest extends OrdersFixture {
  @Test
  void oneWayMethod_throwsWhatRefusedIt() {
    wire.refusal = CallResult.failed(Status.BUSY, "the connection takes no more for now");
    CallException refused = catchThrowableOfType(CallException.class, () -> orders.note("hello"));
    assertThat(refused.status()).isEqualTo(Status.BUSY);
    assertThat(shop.notes).isEmpty();
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
}
