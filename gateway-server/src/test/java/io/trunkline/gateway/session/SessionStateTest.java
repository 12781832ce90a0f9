package io.trunkline.gateway.session;

import static io.trunkline.gateway.session.SessionState.ACTIVE;
import static io.trunkline.gateway.session.SessionState.CLOSED;
import static io.trunkline.gateway.session.SessionState.DETACHED;
import static io.trunkline.gateway.session.SessionState.HANDSHAKING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionStateTest {
  private record Move(SessionState from, SessionState to) {}

  private static final Set<Move> ALLOWED =
      Set.of(
          new Move(HANDSHAKING, ACTIVE),
          new Move(HANDSHAKING, CLOSED),
          new Move(ACTIVE, DETACHED),
          new Move(ACTIVE, CLOSED),
          new Move(DETACHED, ACTIVE),
          new Move(DETACHED, CLOSED));

  @Test
  void moves_areTheseAndNoOthers() {
    for (SessionState from : SessionState.values()) {
      for (SessionState to : SessionState.values()) {
        assertThat(from.mayBecome(to))
            .as("%s to %s", from, to)
            .isEqualTo(ALLOWED.contains(new Move(from, to)));
      }
    }
  }
}
