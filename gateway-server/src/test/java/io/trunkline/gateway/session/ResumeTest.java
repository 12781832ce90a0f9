package io.trunkline.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.persistence.ClosedSession;
import io.trunkline.persistence.SessionClose;
import io.trunkline.persistence.SessionResumption.Outcome;
import io.trunkline.protocol.v1.Bye;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Frame;
import io.trunkline.protocol.v1.Ping;
import io.trunkline.protocol.v1.Welcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResumeTest {
  private static final Instant STARTED = Instant.parse("2026-03-02T12:00:00Z");
  private static final Frame PING = Frame.newBuilder().setPing(Ping.newBuilder()).build();

  private final EngineHarness engine = new EngineHarness();

  private static Outcome resumed(int epoch) {
    return new Outcome.Resumed(epoch, STARTED, Optional.empty());
  }

  private EmbeddedClient connect(ByteString token) {
    EmbeddedClient client = engine.connect();
    client.send(EngineHarness.hello(EngineHarness.token("alice"), "d1", token));
    return client;
  }

  private static Welcome welcome(EmbeddedClient client) {
    return client.received().getFirst().getWelcome();
  }

  private static CloseCode error(EmbeddedClient client) {
    return client.received().getLast().getError().getCode();
  }

  @Test
  void resume_keepsSessionId_andStart_withANewToken_andAHigherEpoch() {
    EmbeddedClient first = connect(ByteString.EMPTY);
    Welcome welcome = welcome(first);
    assertThat(welcome.getResumed()).isFalse();
    assertThat(welcome.getResumeToken().size()).isEqualTo(48);
    first.disconnect();
    engine.outcomes.add(resumed(2));

    EmbeddedClient second = connect(welcome.getResumeToken());

    Welcome again = welcome(second);
    assertThat(again.getResumed()).isTrue();
    assertThat(again.getSessionId()).isEqualTo(welcome.getSessionId());
    assertThat(again.getResumeToken()).isNotEqualTo(welcome.getResumeToken());
    Session session = engine.registry.find(UUID.fromString(again.getSessionId())).orElseThrow();
    assertThat(session.epoch()).isEqualTo(2);
    assertThat(session.info().startedAt()).isEqualTo(STARTED);
    assertThat(engine.started).hasSize(1);
    assertThat(engine.ended).isEmpty();
    assertThat(engine.resumeRequests)
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.presented())
                  .isEqualTo(engine.started.getFirst().tokenHash().orElseThrow())
                  .isNotEqualTo(request.next());
              assertThat(request.user()).isEqualTo("alice");
              assertThat(request.device()).isEqualTo("d1");
            });
    first.finish();
    second.finish();
  }

  @Test
  void tokenThatIsNone_isANewSession_andTheDatabaseIsNotAsked() {
    EmbeddedClient client = connect(ByteString.copyFromUtf8("nonsense"));

    assertThat(welcome(client).getResumed()).isFalse();
    assertThat(engine.resumeRequests).isEmpty();
    client.finish();
  }

  @Test
  void notResumed_isANewSession() {
    EmbeddedClient first = connect(ByteString.EMPTY);
    Welcome welcome = welcome(first);
    first.disconnect();
    engine.outcomes.add(new Outcome.NotResumed(Outcome.Why.OVER));

    EmbeddedClient second = connect(welcome.getResumeToken());

    Welcome again = welcome(second);
    assertThat(again.getResumed()).isFalse();
    assertThat(again.getSessionId()).isNotEqualTo(welcome.getSessionId());
    first.finish();
    second.finish();
  }

  @Test
  void reuse_isRefused_andToldOn() {
    EmbeddedClient first = connect(ByteString.EMPTY);
    Welcome welcome = welcome(first);
    UUID id = UUID.fromString(welcome.getSessionId());
    engine.outcomes.add(
        new Outcome.Revoked(
            new ClosedSession(id, 1, "alice", "d1", "gw-test", true, STARTED, Resumes.REUSED)));

    EmbeddedClient second = connect(welcome.getResumeToken());

    assertThat(error(second)).isEqualTo(CloseCode.RESUME_TOKEN_REUSED);
    assertThat(engine.closed).extracting(ClosedSession::id).containsExactly(id);
    first.finish();
    second.finish();
  }

  @Test
  void halfOpen_resumeDoesNotKickItself_theTrafficOfBothAttachesIsCounted() {
    EmbeddedClient older = connect(ByteString.EMPTY);
    Welcome welcome = welcome(older);
    older.send(PING);
    engine.outcomes.add(new Outcome.Resumed(2, STARTED, Optional.of("gw-test")));

    EmbeddedClient newer = connect(welcome.getResumeToken());
    older.run();
    newer.run();

    assertThat(error(older)).isEqualTo(CloseCode.MOVED);
    assertThat(welcome(newer).getSessionId()).isEqualTo(welcome.getSessionId());
    assertThat(engine.ended).isEmpty();
    assertThat(engine.detached).isEmpty();
    assertThat(engine.moved).isEmpty(); // it was this node's own
    assertThat(engine.registry.ofUser("alice"))
        .singleElement()
        .extracting(Session::epoch)
        .isEqualTo(2);
    older.disconnect();
    assertThat(engine.registry.size()).isOne();
    newer.send(Frame.newBuilder().setBye(Bye.newBuilder()).build());
    assertThat(engine.ended)
        .singleElement()
        .satisfies(
            end -> {
              assertThat(end.epoch()).isEqualTo(2);
              assertThat(end.traffic().messagesIn()).isEqualTo(4); // two Hellos, Ping, Bye
            });
    older.finish();
    newer.finish();
  }

  @Test
  void resumedHere_whileAnotherNodeHeldIt_thatNodeIsTold() {
    UUID id = UUID.randomUUID();
    engine.outcomes.add(new Outcome.Resumed(2, STARTED, Optional.of("gw-other")));

    EmbeddedClient client = connect(ResumeToken.next(id).wire());

    assertThat(engine.moved).containsExactly(id);
    client.finish();
  }

  @Test
  void laterAttach_thatIsHereFirst_stays() {
    UUID id = UUID.randomUUID();
    ByteString token = ResumeToken.next(id).wire();
    List<Runnable> held = new ArrayList<>();
    engine.outcomes.add(resumed(2));
    engine.outcomes.add(resumed(3));
    engine.work = held::add;
    EmbeddedClient earlier = connect(token);
    EmbeddedClient later = connect(token);
    held.forEach(Runnable::run);

    // The database decided for both; the later one's event loop is the faster.
    assertThat(welcome(later).getResumed()).isTrue();
    earlier.run();

    assertThat(error(earlier)).isEqualTo(CloseCode.MOVED);
    assertThat(engine.registry.find(id).orElseThrow().epoch()).isEqualTo(3);
    assertThat(engine.detached).isEmpty();
    earlier.finish();
    later.finish();
  }

  @Test
  void clientThatIsGoneBeforeItsWelcome_givesTheSessionBack() {
    UUID id = UUID.randomUUID();
    List<Runnable> held = new ArrayList<>();
    engine.outcomes.add(resumed(7));
    engine.work = held::add;
    EmbeddedClient client = connect(ResumeToken.next(id).wire());
    engine.whileResuming = client::disconnect;

    held.forEach(Runnable::run);
    client.run();

    assertThat(engine.detached)
        .singleElement()
        .satisfies(
            given -> {
              assertThat(given.id()).isEqualTo(id);
              assertThat(given.epoch()).isEqualTo(7);
              assertThat(given.heard()).isFalse();
            });
    client.finish();
  }

  @Test
  void clientThatIsGoneBeforeTheDatabaseIsAsked_takesNothing() {
    List<Runnable> held = new ArrayList<>();
    engine.work = held::add;
    EmbeddedClient client = connect(ResumeToken.next(UUID.randomUUID()).wire());
    client.disconnect();

    held.forEach(Runnable::run);
    client.run();

    assertThat(engine.resumeRequests).isEmpty();
    assertThat(engine.detached).isEmpty();
    client.finish();
  }

  @Test
  void clientThatSaidNothingAfterWelcome_mayNotHaveHadIt() {
    EmbeddedClient client = connect(ByteString.EMPTY);
    client.disconnect();

    assertThat(engine.detached).singleElement().matches(lost -> !lost.heard());
    client.finish();
  }

  @ParameterizedTest
  @EnumSource(
      value = CloseCode.class,
      names = {"CONNECTION_LOST", "LIVENESS_TIMEOUT", "SLOW_CONSUMER", "SHUTTING_DOWN", "DRAINING"})
  void lossOfConnection_detaches(CloseCode code) {
    EmbeddedClient client = connect(ByteString.EMPTY);
    engine.registry.ofUser("alice").getFirst().end(code, "test");

    assertThat(engine.detached)
        .singleElement()
        .matches(lost -> lost.lost().name().equals(code.name()));
    assertThat(engine.ended).isEmpty();
    assertThat(error(client)).isEqualTo(code);
    client.finish();
  }

  @ParameterizedTest
  @EnumSource(
      value = CloseCode.class,
      names = {
        "CLIENT_BYE",
        "REPLACED",
        "KICKED",
        "BANNED",
        "TOKEN_EXPIRED",
        "TOKEN_INVALID",
        "MALFORMED_FRAME",
        "UNEXPECTED_FRAME",
        "FRAME_TOO_LARGE",
        "INTERNAL_ERROR"
      })
  void anythingElse_ends(CloseCode code) {
    EmbeddedClient client = connect(ByteString.EMPTY);
    engine.registry.ofUser("alice").getFirst().end(code, "test");

    assertThat(engine.ended).singleElement().matches(end -> end.closeName().equals(code.name()));
    assertThat(engine.detached).isEmpty();
    client.finish();
  }

  @Test
  void withoutGraceTime_sessionsEndWithTheirConnection_andNoTokenIsGiven() {
    EngineHarness without = new EngineHarness(Duration.ZERO);
    EmbeddedClient client = without.connect();
    client.send(
        EngineHarness.hello(
            EngineHarness.token("alice"), "d1", ResumeToken.next(UUID.randomUUID()).wire()));

    assertThat(welcome(client).getResumeToken()).isEmpty();
    client.disconnect();
    assertThat(without.ended).hasSize(1);
    assertThat(without.detached).isEmpty();
    assertThat(without.resumeRequests).isEmpty();
    client.finish();
  }

  @Test
  void newSessionOfTheSameDevice_namesTheOneWhoseEndIsWrittenHere() {
    EmbeddedClient older = connect(ByteString.EMPTY);
    EmbeddedClient newer = connect(ByteString.EMPTY);
    older.run();

    assertThat(engine.started.getLast().older()).contains(engine.started.getFirst().id());
    assertThat(engine.ended).singleElement().matches(end -> end.closeName().equals("REPLACED"));
    older.finish();
    newer.finish();
  }

  @Test
  void resumeToken_isTheIdAndASecret_ofWhichOnlyTheHashIsShown() {
    ResumeToken token = ResumeToken.next(UUID.randomUUID());

    assertThat(ResumeToken.read(token.wire())).contains(token);
    assertThat(ResumeToken.read(token.wire().substring(1))).isEmpty();
    assertThat(token.hash()).matches("[0-9a-f]{64}");
    assertThat(token.toString()).doesNotContain(token.hash());
  }

  /** The journal's statements have the numbers as they are in the protocol. */
  @Test
  void closesOfTheDatabase_areTheProtocols() {
    for (SessionClose close :
        List.of(SessionClose.REPLACED, SessionClose.NODE_LOST, Resumes.REUSED)) {
      assertThat(CloseCode.valueOf(close.name()).getNumber()).isEqualTo(close.code());
    }
  }
}
