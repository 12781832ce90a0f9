package io.trunkline.gateway.session;

import io.trunkline.gateway.auth.TopicGrants;
import io.trunkline.protocol.v1.CloseCode;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Whether a client that said Hello may come in. */
sealed interface Admission {

  /**
   * What the token grants.
   *
   * @param attributes merged from claims and Hello
   * @param claims the token's alone
   * @param expiresAt end of the token
   */
  record Granted(
      String user,
      Map<String, String> attributes,
      Map<String, String> claims,
      TopicGrants topics,
      Instant expiresAt) {}

  /**
   * @param streams ready for the session
   */
  record Admitted(Granted granted, Attach attach, SessionStreams.Opening streams)
      implements Admission {}

  /**
   * @param told what the client is told
   * @param logged what is logged besides; empty if nothing
   * @param address where the client is taken; empty: nowhere in particular
   */
  record Refused(CloseCode code, String told, String logged, int retryAfterMs, String address)
      implements Admission {
    Refused(CloseCode code, String told, String logged, int retryAfterMs) {
      this(code, told, logged, retryAfterMs, "");
    }
  }

  /**
   * The session that the client gets.
   *
   * @param epoch 1 for a new one; greater: the session goes on, and the database has it as ACTIVE
   *     here, so that who does not use it must give it back
   * @param startedAt of the session
   * @param token for the next time; empty if sessions end with their connection
   */
  record Attach(UUID session, int epoch, Instant startedAt, Optional<ResumeToken> token) {
    boolean resumed() {
      return epoch > 1;
    }
  }
}
