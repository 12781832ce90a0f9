package io.trunkline.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.protocol.v1.CloseCode;
import io.trunkline.protocol.v1.Error;
import io.trunkline.protocol.v1.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private static Error overloaded(EmbeddedClient client) {
    List<Frame> frames = client.received();
    assertThat(frames).hasSize(1);
    assertThat(client.isConnected()).isFalse();
    client.finish();
    Error error = frames.getFirst().getError();
    assertThat(error.getCode()).isEqualTo(CloseCode.OVERLOADED);
    return error;
  }

  private static EmbeddedClient hello(EngineHarness engine, String user) {
    EmbeddedClient client = engine.connect();
    client.send(EngineHarness.hello(EngineHarness.token(user), "d-" + user));
    return client;
  }

  @Test
  void overTheRate_clientsAreToldWhen_oneAfterTheOther_andNothingIsVerified() {
    var engine = new EngineHarness(Map.of("admission-rate", "1"));
    List<Runnable> asked = new ArrayList<>();
    engine.work = asked::add;
    List<EmbeddedClient> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(hello(engine, "user" + i));
    }
    assertThat(asked).hasSizeBetween(1, 2); // a place of the last second, perhaps one of this one

    List<Integer> waits =
        clients.subList(asked.size(), 4).stream()
            .map(client -> overloaded(client).getRetryAfterMs())
            .toList();
    assertThat(waits).isSorted().allMatch(ms -> ms > 0 && ms < 5_000);
    assertThat(waits.getLast() - waits.getFirst()).isGreaterThan(500);
    assertThat(engine.deferred()).isEqualTo(waits.size());
    assertThat(engine.refused()).as("it is not their fault").isZero();
    clients.subList(0, asked.size()).forEach(EmbeddedClient::finish);
  }

  @Test
  void rateZero_isNoLimit() {
    var engine = new EngineHarness(Map.of("admission-rate", "0"));
    for (int i = 0; i < 600; i++) {
      engine.welcomed("alice", "d1").finish();
    }
    assertThat(engine.deferred()).isZero();
  }

  @Test
  void tooManyHandshakesUnderWay_theNextComesLater_andKeepsItsTurn() {
    var engine = new EngineHarness(Map.of("max-handshakes", "2"));
    List<Runnable> asked = new ArrayList<>();
    engine.work = asked::add;
    EmbeddedClient first = hello(engine, "alice");
    EmbeddedClient second = hello(engine, "bob");

    assertThat(overloaded(hello(engine, "carol")).getRetryAfterMs()).isBetween(1_000, 5_000);

    asked.forEach(Runnable::run);
    assertThat(first.received()).singleElement().matches(Frame::hasWelcome);
    assertThat(second.received()).singleElement().matches(Frame::hasWelcome);
    engine.work = Runnable::run;
    EmbeddedClient again = hello(engine, "carol");
    assertThat(again.received()).singleElement().matches(Frame::hasWelcome);
    List.of(first, second, again).forEach(EmbeddedClient::finish);
  }

  @Test
  void deferredClientWithAResumeToken_keepsItsToken() {
    var engine = new EngineHarness(Map.of("admission-rate", "1"));
    while (engine.deferred() == 0) {
      hello(engine, "user" + engine.started.size()).finish();
    }
    EmbeddedClient client = engine.connect();
    client.send(
        EngineHarness.hello(
            EngineHarness.token("alice"), "d1", ByteString.copyFromUtf8("x".repeat(48))));
    overloaded(client);
    assertThat(engine.resumeRequests).isEmpty();
  }
}
