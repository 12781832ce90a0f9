package io.trunkline.gateway.session;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The life of a session; {@link #MOVES} is the whole of it. */
public enum SessionState {
  /** A connection has said Hello; its token is being verified. */
  HANDSHAKING,
  /** Has a connection. */
  ACTIVE,
  /** Lost its connection and may come back until its grace time is over. */
  DETACHED,
  /** Over; nothing brings it back. */
  CLOSED;

  private static final Map<SessionState, Set<SessionState>> MOVES =
      new EnumMap<>(
          Map.of(
              HANDSHAKING, EnumSet.of(ACTIVE, CLOSED),
              ACTIVE, EnumSet.of(DETACHED, CLOSED),
              DETACHED, EnumSet.of(ACTIVE, CLOSED),
              CLOSED, EnumSet.noneOf(SessionState.class)));

  /** Whether a session in this state may go to that one. */
  public boolean mayBecome(SessionState next) {
    return MOVES.getOrDefault(this, Set.of()).contains(next);
  }
}
