package io.trunkline.jms;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** What a node is asked to do ({@code trunkline.control}). */
public sealed interface Command {

  /**
   * End a session.
   *
   * @param by who asked, for the audit
   * @param banFor how long the user's device may not come back
   */
  record Kick(UUID session, String reason, String by, Optional<Duration> banFor)
      implements Command {}

  /**
   * Let go of a session that has gone on elsewhere, or was ended in the database: close its
   * connection and record nothing.
   *
   * @param epoch the attaches up to this one; a later one stays
   * @param code the close code that the client is told
   */
  record LetGo(UUID session, int epoch, int code, String reason) implements Command {}

  /** Bans have changed: read them again. */
  record BansChanged() implements Command {}

  /** Commands may have been missed; said by the bridge to its own process, never sent. */
  record Missed() implements Command {}

  /** The node's row in the database has changed, for example by an order to drain: read it now. */
  record NodeChanged(String node) implements Command {}
}
