package io.trunkline.gateway.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.HashedWheelTimer;
import io.trunkline.gateway.session.EngineHarness;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * An uplink behind an engine without sockets, and Alice's client. Beside a test's own services it
 * has {@code slow}, which blocks: one call at a time, and one may wait. Its method {@code wait}
 * answers when {@link #release} lets it, {@code fail} throws.
 */
final class UplinkHarness implements AutoCloseable {
  private static final UplinkConfig CONFIG =
      new UplinkConfig(Duration.ofSeconds(10), Duration.ofSeconds(60), 1, 1);

  private final HashedWheelTimer timer = new HashedWheelTimer(5, TimeUnit.MILLISECONDS);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);

  final EngineHarness engine = new EngineHarness();
  final EmbeddedClient client = engine.welcomed("alice", "d1");
  final Uplink uplink;

  /** All that {@link #answerTo} has received so far. */
  final List<Response> answers = new ArrayList<>();

  UplinkHarness(
      int maxOutstanding, List<UplinkService> services, UplinkInterceptor... interceptors) {
    List<UplinkService> all = new ArrayList<>(services);
    all.add(
        new UplinkService(
            "slow",
            true,
            Map.of(
                "wait",
                this::waitForRelease,
                "fail",
                _ -> {
                  throw new IllegalStateException("a secret of the back end");
                })));
    uplink =
        new Uplink(
            CONFIG,
            Routes.inProcess(CONFIG, all, threads),
            (delay, task) -> timer.newTimeout(_ -> task.run(), delay, TimeUnit.NANOSECONDS)::cancel,
            maxOutstanding,
            List.of(interceptors));
    engine.serve(uplink);
  }

  private CallResult waitForRelease(UplinkCall call) throws InterruptedException {
    entered.countDown();
    try {
      release.await();
      return CallResult.json("1");
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  /** Until {@code slow} works on a call. */
  void awaitEntered() throws InterruptedException {
    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Until a call of {@code slow} was interrupted. */
  void awaitInterrupted() throws InterruptedException {
    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Lets all calls of {@code slow} end. */
  void release() {
    release.countDown();
  }

  void send(Request.Builder request) {
    client.send(Frame.newBuilder().setRequest(request).build());
  }

  Response answerTo(long seq) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              client.received().forEach(frame -> answers.add(frame.getResponse()));
              return answers.stream().anyMatch(answer -> answer.getSeq() == seq);
            });
    return answers.stream().filter(answer -> answer.getSeq() == seq).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    release();
    client.finish();
    threads.shutdownNow();
    timer.stop();
  }
}
