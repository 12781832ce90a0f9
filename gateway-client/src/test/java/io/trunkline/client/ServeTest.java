package io.trunkline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.trunkline.invocation.CallHandler;
import io.trunkline.invocation.CallResult;
import io.trunkline.invocation.typed.CurrentCall;
import io.trunkline.invocation.typed.OneWay;
import io.trunkline.invocation.typed.Param;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.GoAway;
import io.trunkline.protocol.v1.Limits;
import io.trunkline.protocol.v1.Notify;
import io.trunkline.protocol.v1.Request;
import io.trunkline.protocol.v1.Response;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Welcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the gateway may call, and what it is answered. */
class ServeTest extends ClientFixture {
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final BlockingQueue<ServerCall> entered = new LinkedBlockingQueue<>();

  @AfterEach
  void release() {
    release.countDown();
  }

  private Map<String, CallHandler<ServerCall>> methods() {
    return Map.of(
        "echo", call -> CallResult.ok(call.payload(), call.contentType()),
        "wait", this::waitForRelease,
        "fail",
            call -> {
              throw new IllegalStateException("a secret of the application");
            },
        "nothing", call -> nothing(),
        "large", call -> CallResult.json("\"" + "x".repeat(70 << 10) + "\""));
  }

  @SuppressWarnings("NullAway") // what an application without null checks may do
  private static CallResult nothing() {
    return null;
  }

  private CallResult waitForRelease(ServerCall call) throws InterruptedException {
    entered.add(call);
    try {
      release.await();
      return CallResult.json("1");
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  private static void call(FakeGateway.Peer peer, long seq, String method, int deadlineMs) {
    peer.send(Frame.newBuilder().setRequest(request(seq, method).setDeadlineMs(deadlineMs)));
  }

  private static Request.Builder request(long seq, String method) {
    return Request.newBuilder()
        .setSeq(seq)
        .setService("device")
        .setMethod(method)
        .setContentType("text/plain")
        .setPayload(ByteString.copyFromUtf8("hi " + seq));
  }

  private static Response answer(FakeGateway.Peer peer) throws InterruptedException {
    Frame frame = peer.take();
    assertThat(frame.hasResponse()).as("%s is a Response", frame).isTrue();
    return frame.getResponse();
  }

  private ServerCall entered() throws InterruptedException {
    ServerCall call = entered.poll(60, TimeUnit.SECONDS);
    assertThat(call).as("a call").isNotNull();
    return call;
  }

  @Test
  void call_isAnsweredOnce_withWhatTheHandlerReturns() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();

    call(peer, 7, "echo", 0);

    Response answer = answer(peer);
    assertThat(answer.getSeq()).isEqualTo(7);
    assertThat(answer.getStatus()).isEqualTo(Status.OK);
    assertThat(answer.getPayload().toStringUtf8()).isEqualTo("hi 7");
    assertThat(answer.getContentType()).isEqualTo("text/plain");
    assertThat(peer.poll(50)).isNull();
  }

  @Test
  void call_bringsMethodHeadersAndTheTimeThatIsLeft() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();
    peer.send(
        Frame.newBuilder()
            .setRequest(request(1, "wait").putHeaders("trace", "t-1").setDeadlineMs(60_000)));

    ServerCall call = entered();

    assertThat(call.headers()).containsEntry("trace", "t-1");
    assertThat(call.method()).isEqualTo("wait");
    assertThat(call.oneWay()).isFalse();
    assertThat(Duration.ofNanos(call.deadlineNanos() - System.nanoTime()))
        .isBetween(Duration.ofSeconds(50), Duration.ofSeconds(60));
  }

  @Test
  void unknownServiceOrMethod_isNotFound_andNamed() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();

    peer.send(Frame.newBuilder().setRequest(request(1, "echo").setService("printer")));
    call(peer, 2, "explode", 0);

    assertThat(answer(peer))
        .returns(Status.NOT_FOUND, Response::getStatus)
        .returns("this client offers no service 'printer'", Response::getMessage);
    assertThat(answer(peer))
        .returns(Status.NOT_FOUND, Response::getStatus)
        .returns("no method 'explode' in 'device'", Response::getMessage);
  }

  @Test
  void handlerThatFails_isAnsweredInternal_withoutItsSecrets() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();

    for (String method : List.of("fail", "nothing")) {
      call(peer, 3, method, 0);

      Response answer = answer(peer);
      assertThat(answer.getStatus()).as(method).isEqualTo(Status.INTERNAL);
      assertThat(answer.getMessage()).doesNotContain("secret");
    }
  }

  @Test
  void answerOverTheGatewaysLimit_isTooLarge_andTheConnectionLives() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.accept();
    peer.hello();
    peer.welcome(Welcome.newBuilder().setLimits(Limits.newBuilder().setMaxFrameBytes(64 << 10)));

    call(peer, 1, "large", 0);
    assertThat(answer(peer).getStatus()).isEqualTo(Status.TOO_LARGE);
    call(peer, 2, "echo", 0);
    assertThat(answer(peer).getStatus()).isEqualTo(Status.OK);
  }

  @Test
  void oneWay_isNeverAnswered_whateverHappens() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();

    for (String method : List.of("fail", "unknown", "wait")) {
      peer.send(Frame.newBuilder().setRequest(request(1, method).setOneWay(true)));
    }
    assertThat(entered().oneWay()).isTrue();
    release.countDown();
    call(peer, 2, "echo", 0);

    assertThat(answer(peer).getSeq()).isEqualTo(2);
    assertThat(peer.poll(50)).isNull();
  }

  @Test
  void full_isBusyAtOnce_andOtherServicesGoOn() throws Exception {
    start(
        builder()
            .serve("device", methods())
            .serve("other", methods())
            .serveLimits(new ServeLimits(2, 3)));
    FakeGateway.Peer peer = gateway.welcome();

    for (int seq = 1; seq <= 6; seq++) {
      call(peer, seq, "wait", 60_000);
    }
    assertThat(answer(peer))
        .returns(6L, Response::getSeq)
        .returns(Status.BUSY, Response::getStatus)
        .satisfies(busy -> assertThat(busy.getRetryAfterMs()).isPositive());
    peer.send(Frame.newBuilder().setRequest(request(7, "echo").setService("other")));
    assertThat(answer(peer).getSeq()).isEqualTo(7);

    release.countDown();
    Map<Long, Status> rest = new HashMap<>();
    for (int i = 0; i < 5; i++) {
      Response answer = answer(peer);
      rest.put(answer.getSeq(), answer.getStatus());
    }
    assertThat(rest).hasSize(5).containsOnlyKeys(1L, 2L, 3L, 4L, 5L).containsValue(Status.OK);
  }

  @Test
  void floodOfOneWayCalls_isBounded_andDisturbsNothingElse() throws Exception {
    start(builder().serve("device", methods()).serve("other", methods()));
    FakeGateway.Peer peer = gateway.welcome();

    for (int i = 0; i < 20_000; i++) {
      peer.write(Frame.newBuilder().setRequest(request(1 + i, "wait").setOneWay(true)));
    }
    peer.send(Frame.newBuilder().setRequest(request(7, "echo").setService("other")));

    assertThat(answer(peer).getSeq()).isEqualTo(7);
    release.countDown();
    ServeLimits limits = ServeLimits.DEFAULT;
    for (int i = 0; i < limits.maxConcurrent() + limits.maxQueued(); i++) {
      assertThat(entered().method()).isEqualTo("wait");
    }
    assertThat(entered.poll(100, TimeUnit.MILLISECONDS)).isNull();
  }

  @Test
  void late_isDeadlineExceeded_andTheHandlerInterrupted() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();

    call(peer, 1, "wait", 60);

    assertThat(answer(peer).getStatus()).isEqualTo(Status.DEADLINE_EXCEEDED);
    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(peer.poll(50)).isNull();
  }

  @Test
  void lostConnection_cancelsTheCall_andTheNextOneSeesNoAnswer() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();
    call(peer, 1, "wait", 60_000);
    entered();

    peer.close();

    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    FakeGateway.Peer next = gateway.welcome();
    call(next, 1, "echo", 0);
    assertThat(answer(next).getPayload().toStringUtf8()).isEqualTo("hi 1");
    assertThat(next.poll(50)).isNull();
  }

  @Test
  void closedClient_answersCancelled_beforeItsBye() throws Exception {
    TrunklineClient client = start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();
    call(peer, 1, "wait", 60_000);
    entered();

    client.close();

    assertThat(answer(peer).getStatus()).isEqualTo(Status.CANCELLED);
    assertThat(peer.take().hasBye()).isTrue();
    assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void clientThatIsAskedToGo_answersFirst() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();
    call(peer, 1, "wait", 60_000);
    entered();

    peer.send(Frame.newBuilder().setGoAway(GoAway.newBuilder().setReason("drain")));
    assertThat(peer.poll(200)).isNull();
    release.countDown();

    assertThat(answer(peer).getStatus()).isEqualTo(Status.OK);
    peer.awaitClosed();
  }

  @Test
  void slowHandlers_holdUpNoNotification() throws Exception {
    start(builder().serve("device", methods()));
    FakeGateway.Peer peer = gateway.welcome();
    for (int seq = 1; seq <= 20; seq++) {
      call(peer, seq, "wait", 60_000);
    }
    entered();

    assertThat(listener.next(SessionInfo.class)).isNotNull();
    peer.notify(Notify.newBuilder().setMessageId("m-1"));

    assertThat(listener.next(Notification.class).id()).isEqualTo("m-1");
  }

  @Test
  void callWithinACall_hasNoMoreTimeThanIsLeft() throws Exception {
    BlockingQueue<TrunklineClient> self = new LinkedBlockingQueue<>();
    TrunklineClient client =
        start(
            builder()
                .serve(
                    "device",
                    Map.of("relay", call -> self.take().call("echo", "echo", "inner").get())));
    FakeGateway.Peer peer = gateway.welcome();
    await(client.connect());
    self.add(client);

    call(peer, 1, "relay", 3_000);
    Request inner = peer.request();
    peer.answer(inner, Status.OK, "inner");

    assertThat(inner.getDeadlineMs()).isBetween(1, 3_000);
    assertThat(answer(peer).getPayload().toStringUtf8()).isEqualTo("inner");
  }

  @Test
  void badNames_areRefusedWhenOffered() {
    ClientBuilder builder = builder().serve("device", methods());

    assertThatThrownBy(() -> builder.serve("device", methods()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'device' is offered already");
    for (String name : List.of("", "a.b", "a b", "x".repeat(65))) {
      assertThatThrownBy(() -> builder.serve(name, methods()))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> new ServeLimits(0, 1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ServeLimits(1, -1)).isInstanceOf(IllegalArgumentException.class);
  }

  interface Printer {
    String print(@Param("text") String text, @Param("copies") int copies);

    @OneWay
    void beep();
  }

  private final class OnPaper implements Printer {
    @Override
    public String print(String text, int copies) {
      if (copies > 9) {
        throw new IllegalStateException("a secret of the application");
      }
      ServerCall call = CurrentCall.get(ServerCall.class);
      return copies + " of " + text + " for " + call.headers().get("user");
    }

    @Override
    public void beep() {
      entered.add(CurrentCall.get(ServerCall.class));
    }
  }

  private static Request.Builder print(String payload) {
    return Request.newBuilder()
        .setSeq(1)
        .setService("Printer")
        .setMethod("print")
        .putHeaders("user", "alice")
        .setContentType("application/json")
        .setPayload(ByteString.copyFromUtf8(payload));
  }

  @Test
  void interface_isServedByItsMethods() throws Exception {
    start(builder().serve(Printer.class, new OnPaper()));
    FakeGateway.Peer peer = gateway.welcome();

    peer.send(Frame.newBuilder().setRequest(print("{\"text\":\"tea\",\"copies\":2}")));
    Response good = answer(peer);
    peer.send(Frame.newBuilder().setRequest(print("{\"text\":\"tea\",\"copies\":10}")));
    Response failed = answer(peer);
    peer.send(Frame.newBuilder().setRequest(print("no JSON")));
    Response unreadable = answer(peer);
    peer.send(
        Frame.newBuilder()
            .setRequest(
                print("{}").setMethod("beep").setPayload(ByteString.EMPTY).setOneWay(true)));

    assertThat(good.getPayload().toStringUtf8()).isEqualTo("\"2 of tea for alice\"");
    assertThat(failed.getStatus()).isEqualTo(Status.INTERNAL);
    assertThat(failed.getMessage()).doesNotContain("secret");
    assertThat(unreadable.getStatus()).isEqualTo(Status.INVALID_ARGUMENT);
    assertThat(entered().oneWay()).isTrue();
  }

  @Test
  void executorThatRefuses_isBusy() throws Exception {
    var executor = java.util.concurrent.Executors.newSingleThreadExecutor();
    executor.shutdown();
    start(builder().serve("device", methods()).serviceExecutor(executor));
    FakeGateway.Peer peer = gateway.welcome();

    call(peer, 1, "echo", 0);
    call(peer, 2, "echo", 0);

    assertThat(answer(peer).getStatus()).isEqualTo(Status.BUSY);
    assertThat(answer(peer).getStatus()).isEqualTo(Status.BUSY);
  }
}
