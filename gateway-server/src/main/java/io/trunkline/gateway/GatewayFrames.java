package io.trunkline.gateway;

import io.trunkline.gateway.auth.TokenVerifier;
import io.trunkline.gateway.auth.Verification;
import io.trunkline.gateway.downlink.Downlink;
import io.trunkline.gateway.session.Session;
import io.trunkline.gateway.session.SessionFrames;
import io.trunkline.gateway.streams.TopicFrames;
import io.trunkline.gateway.uplink.Uplink;
import io.trunkline.invocation.CallResult;
import io.trunkline.protocol.v1.Ack;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Refresh;
import io.trunkline.protocol.v1.Refreshed;
import io.trunkline.protocol.v1.Status;
import io.trunkline.protocol.v1.Subscribe;
import io.trunkline.protocol.v1.Unsubscribe;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/** Where each frame of a session goes. */
final class GatewayFrames implements SessionFrames {
  private static final CallResult STOPPED =
      CallResult.failed(
          Status.UNAVAILABLE,
          "nothing was done: this node was stopped, and finds out which sessions it still has",
          Duration.ofSeconds(1));

  private final LongPredicate awake;
  private final Uplink uplink;
  private final Supplier<Downlink> downlink;
  private final Supplier<TopicFrames> topics;
  private final TokenVerifier verifier;
  private final Executor blocking;
  private final InstantSource clock;

  /**
   * @param awake whether it is known, at this time on the scale of System.nanoTime(), which
   *     sessions are still the node's
   * @param downlink with {@code topics} asked for when a session is there, by when they are
   * @param blocking runs what may block
   */
  GatewayFrames(
      LongPredicate awake,
      Uplink uplink,
      Supplier<Downlink> downlink,
      Supplier<TopicFrames> topics,
      TokenVerifier verifier,
      Executor blocking,
      InstantSource clock) {
    this.awake = awake;
    this.uplink = uplink;
    this.downlink = downlink;
    this.topics = topics;
    this.verifier = verifier;
    this.blocking = blocking;
    this.clock = clock;
  }

  @Override
  public Requests requests(Session session) {
    Requests past = uplink.requests(session);
    return request -> {
      if (awake.test(session.connection().readNanos())) {
        past.take(request);
      } else if (!request.oneWay()) {
        // It may be as old as the stop, and made again elsewhere.
        session.respondInRead(request.seq(), STOPPED);
      }
    };
  }

  @Override
  public void strayAck(Session session, Ack ack) {
    downlink.get().strayAck();
  }

  @Override
  public void refresh(Session session, Refresh refresh) {
    blocking.execute(
        () -> {
          Verification verified = verifier.verify(refresh.getToken());
          session.onLoop(() -> refreshed(session, refresh, verified));
        });
  }

  private void refreshed(Session session, Refresh refresh, Verification verified) {
    Refreshed.Builder answer = Refreshed.newBuilder().setSeq(refresh.getSeq());
    if (verified instanceof Verification.Valid valid
        && valid.user().equals(session.info().user())
        && valid.device().map(session.info().device()::equals).orElse(true)) {
      session.connection().expiresIn(Duration.between(clock.instant(), valid.expiresAt()));
    } else if (verified instanceof Verification.Unavailable) {
      answer.setStatus(Status.UNAVAILABLE).setMessage("tokens cannot be verified at present");
    } else {
      answer
          .setStatus(Status.PERMISSION_DENIED)
          .setMessage("not a valid token of this user and device; the old one goes on");
    }
    session.send(Frame.newBuilder().setRefreshed(answer).build());
    session.connection().flushSoon();
  }

  @Override
  public void subscribe(Session session, Subscribe subscribe) {
    topics.get().subscribe(session, subscribe);
  }

  @Override
  public void unsubscribe(Session session, Unsubscribe unsubscribe) {
    topics.get().unsubscribe(session, unsubscribe);
  }
}
