package io.trunkline.gateway.session;

import io.trunkline.gateway.auth.TopicGrants;
import io.trunkline.protocol.v1.CloseCode;
import java.time.Instant;
import java.util.Map;

/** Whether a client that said Hello may come in. */
sealed interface Admission {

  /**
   * @param attributes merged from claims and Hello
   * @param expiresAt end of the token
   * @param streams ready for the session
   */
  record Admitted(
      String user,
      Map<String, String> attributes,
      TopicGrants topics,
      Instant expiresAt,
      SessionStreams.Opening streams)
      implements Admission {}

  /**
   * @param told what the client is told
   * @param logged what is logged besides; empty if nothing
   */
  record Refused(CloseCode code, String told, String logged, int retryAfterMs)
      implements Admission {}
}
