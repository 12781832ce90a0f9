package io.trunkline.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.gateway.transport.EmbeddedClient;
import io.trunkline.persistence.SessionEnd;
import io.trunkline.protocol.v1.Bye;
import io.trunkline.protocol.v1.Frame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionListenersTest {
  private final List<String> told = new ArrayList<>();

  private final SessionListener careful =
      new SessionListener() {
        @Override
        public void created(Session session) {
          told.add("created " + session.info().user());
        }

        @Override
        public void detached(Session session) {
          told.add("detached " + session.info().user());
        }

        @Override
        public void destroyed(Session session, SessionEnd end) {
          told.add("destroyed " + session.info().user() + " " + end.closeName());
        }
      };

  private final SessionListener careless =
      new SessionListener() {
        @Override
        public void created(Session session) {
          throw new IllegalStateException("on purpose");
        }

        @Override
        public void detached(Session session) {
          throw new IllegalStateException("on purpose");
        }

        @Override
        public void destroyed(Session session, SessionEnd end) {
          throw new NoClassDefFoundError("on purpose");
        }
      };

  private final EngineHarness engine =
      new EngineHarness(Duration.ofMinutes(2), List.of(careless, careful));

  @Test
  void listenerThatThrows_harmsNeitherSessionsNorOtherListeners() {
    EmbeddedClient leaves = engine.welcomed("alice", "d1");
    EmbeddedClient isLost = engine.welcomed("bob", "d1");
    assertThat(engine.registry.size()).isEqualTo(2);

    leaves.send(Frame.newBuilder().setBye(Bye.getDefaultInstance()).build());
    isLost.disconnect();

    assertThat(told)
        .containsExactly(
            "created alice", "created bob", "destroyed alice CLIENT_BYE", "detached bob");
    assertThat(engine.ended).hasSize(1);
    assertThat(engine.detached).hasSize(1);
    assertThat(engine.registry.size()).isZero();
    leaves.finish();
    isLost.finish();
  }
}
