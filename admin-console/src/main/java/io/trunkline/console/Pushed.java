package io.trunkline.console;

import io.trunkline.jms.Draft;
import java.time.Instant;

/**
 * A message that was pushed from a page.
 *
 * @param stored whether there is a trace of it
 */
record Pushed(String target, Instant at, boolean stored) {
  static Pushed now(Draft draft) {
    return new Pushed(OperatorActions.describe(draft.target()), Instant.now(), draft.persistent());
  }
}
