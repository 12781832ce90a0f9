package io.trunkline.gateway.auth;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What became of a token. */
public sealed interface Verification {

  /**
   * @param device the one device it is for
   * @param attributes what it says of the user: text, numbers and truth values, as text
   * @param topics what the user may subscribe to
   */
  record Valid(
      String user,
      Optional<String> device,
      Map<String, String> attributes,
      TopicGrants topics,
      Instant expiresAt)
      implements Verification {
    public Valid {
      attributes = Map.copyOf(attributes);
    }
  }

  record Expired(Instant at) implements Verification {}

  /**
   * @param why for the log, not for the peer
   */
  record Invalid(String why) implements Verification {}

  /** The keys cannot be had now. */
  record Unavailable(String why) implements Verification {}
}
