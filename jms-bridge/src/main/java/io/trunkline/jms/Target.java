package io.trunkline.jms;

import java.util.Optional;
import java.util.UUID;

/** Who a downlink message is for. */
public sealed interface Target {

  /** Every session. */
  record Everyone() implements Target {}

  /** All sessions of a user, or of one of the user's devices. */
  record User(String user, Optional<String> device) implements Target {}

  record OneSession(UUID session) implements Target {}

  /** The subscribers of a topic. */
  record Topic(String topic) implements Target {}

  /** Sessions whose attributes match a SQL-92 selector. */
  record Audience(String selector) implements Target {

    /**
     * The selector, ready to be matched; compiled once for all messages that carry it.
     *
     * @throws IllegalStateException if it is none, which the parser of the downlink has ruled out
     */
    public AttributeSelector compiled() {
      try {
        return AttributeSelector.of(selector);
      } catch (InvalidSelector e) {
        throw new IllegalStateException("not a selector: " + e.getMessage(), e);
      }
    }
  }
}
