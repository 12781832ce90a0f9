package io.trunkline.invocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunningCallTest {
  private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService workers = Executors.newCachedThreadPool();
  private final BoundedExecutor bounded = new BoundedExecutor(workers, 1, 1);
  private final List<CallResult> outcomes = new CopyOnWriteArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final Origin origin = new Origin();

  private record Call(String method, long deadlineNanos) implements IncomingCall {
    @Override
    public String service() {
      return "s";
    }

    @Override
    public ByteString payload() {
      return ByteString.EMPTY;
    }

    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public Map<String, String> headers() {
      return Map.of();
    }
  }

  private final class Origin implements CallOrigin {
    final Set<Runnable> running = new LinkedHashSet<>();

    @Override
    public void onLoop(Runnable task) {
      loop.execute(task);
    }

    @Override
    public void respond(Response response) {
      throw new AssertionError("the call's owner answers");
    }

    @Override
    public int callsInFlight() {
      return running.size();
    }

    @Override
    public void callStarted(Runnable cancel) {
      running.add(cancel);
    }

    @Override
    public void callDone(Runnable cancel) {
      running.remove(cancel);
    }

    void goAway() {
      onLoop(() -> new ArrayList<>(running).forEach(Runnable::run));
    }
  }

  @AfterEach
  void stop() {
    release.countDown();
    workers.shutdownNow();
    loop.shutdownNow();
  }

  private Runnable alarm(long delayNanos, Runnable task) {
    ScheduledFuture<?> set = loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    return () -> set.cancel(false);
  }

  private void start(Duration deadline, CallHandler<Call> handler) {
    var call = new Call("m", System.nanoTime() + deadline.toNanos());
    var running = new RunningCall<>(origin, call, handler, outcomes::add);
    origin.onLoop(() -> running.start(bounded, this::alarm));
  }

  private CallResult waitForRelease(Call call) throws InterruptedException {
    try {
      release.await();
      return CallResult.json("1");
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  private Status only() {
    await().until(() -> !outcomes.isEmpty());
    // What could come twice would come now: everything else has run by then.
    release.countDown();
    await().until(() -> bounded.running() == 0 && bounded.queued() == 0);
    assertThat(loop.submit(origin.running::isEmpty)).succeedsWithin(Duration.ofSeconds(5));
    assertThat(outcomes).hasSize(1);
    assertThat(origin.running).isEmpty();
    return outcomes.get(0).status();
  }

  @Test
  void handlersAnswer_isTheOutcome() {
    start(Duration.ofMinutes(1), call -> CallResult.json("2"));
    assertThat(only()).isEqualTo(Status.OK);
  }

  @Test
  void handlerThatThrows_evenAnError_isInternal_withoutItsWords() {
    start(
        Duration.ofMinutes(1),
        call -> {
          throw new StackOverflowError("secret");
        });
    assertThat(only()).isEqualTo(Status.INTERNAL);
    assertThat(outcomes.get(0).message()).doesNotContain("secret");
  }

  @Test
  void deadline_endsIt_andInterruptsTheHandler() throws InterruptedException {
    start(Duration.ofMillis(50), this::waitForRelease);
    assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(only()).isEqualTo(Status.DEADLINE_EXCEEDED);
  }

  @Test
  void originGoesAway_cancelsIt() throws InterruptedException {
    start(Duration.ofMinutes(1), this::waitForRelease);
    await().until(() -> bounded.running() == 1);
    origin.goAway();
    assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(only()).isEqualTo(Status.CANCELLED);
  }

  @Test
  void deadlineWhileItWaits_endsIt_andGivesItsPlaceBack() {
    start(Duration.ofMinutes(1), this::waitForRelease);
    await().until(() -> bounded.running() == 1);
    start(Duration.ofMillis(30), call -> CallResult.json("never"));
    await().until(() -> outcomes.size() == 1);
    assertThat(outcomes.get(0).status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(bounded.queued()).isZero();
  }

  @Test
  void noRoom_isBusyAtOnce_withATimeToComeBack() {
    start(Duration.ofMinutes(1), this::waitForRelease);
    start(Duration.ofMinutes(1), this::waitForRelease);
    start(Duration.ofMinutes(1), this::waitForRelease);
    await().until(() -> outcomes.size() == 1);
    assertThat(outcomes.get(0).status()).isEqualTo(Status.BUSY);
    assertThat(outcomes.get(0).retryAfter()).isPositive();
    release.countDown();
    await().until(() -> outcomes.size() == 3);
  }

  @Test
  void whileItRuns_otherCallsHaveNoMoreTimeThanItHas() {
    List<Duration> seen = new CopyOnWriteArrayList<>();
    start(
        Duration.ofSeconds(30),
        call -> {
          seen.add(Deadline.within(Duration.ofMinutes(5)));
          seen.add(Deadline.within(Duration.ofMillis(10)));
          return CallResult.json("");
        });
    assertThat(only()).isEqualTo(Status.OK);
    assertThat(seen.get(0)).isPositive().isLessThanOrEqualTo(Duration.ofSeconds(30));
    assertThat(seen.get(1)).isEqualTo(Duration.ofMillis(10));
    assertThat(Deadline.within(Duration.ofMinutes(5))).isEqualTo(Duration.ofMinutes(5));
  }
}
