package io.trunkline.gateway.session;

import io.trunkline.protocol.v1.CloseCode;
import java.util.Optional;
import java.util.UUID;

/** Whether this node, or which other, is to take a client. Thread-safe; must not block. */
@FunctionalInterface
public interface Placement {
  /** Takes everyone. */
  Placement HERE = arrival -> Optional.empty();

  /**
   * A client whose token is good.
   *
   * @param resumes the session that it wants to go on with
   * @param follows it goes where it is told
   * @param redirected it was told to come here, or has tried what it was told
   */
  record Arrival(String user, Optional<UUID> resumes, boolean follows, boolean redirected) {}

  /**
   * What the client is told.
   *
   * @param address empty: no other node takes clients
   */
  record Elsewhere(CloseCode code, String told, String address, int retryAfterMs) {}

  /** Empty: it is taken here. */
  Optional<Elsewhere> elsewhere(Arrival arrival);
}
