package io.trunkline.jms;

import java.time.Instant;
import java.util.Optional;

/**
 * Something happened to a session ({@code trunkline.events}).
 *
 * @param code close code, for an end or a lost connection
 * @param reason close code's name and what was said, for an end or a lost connection
 */
public record SessionEvent(
    Kind kind,
    String session,
    String user,
    String device,
    String node,
    Instant at,
    Optional<Integer> code,
    Optional<String> reason) {

  public enum Kind {
    CONNECTED,
    RESUMED,
    DISCONNECTED,
    KICKED,
    /** Lost its connection and may be resumed. */
    DETACHED
  }
}
