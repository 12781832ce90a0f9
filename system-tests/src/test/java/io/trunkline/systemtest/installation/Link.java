package io.trunkline.systemtest.installation;

import java.util.Locale;

/** A way of a node that can be disturbed. */
public enum Link {
  DATABASE,
  BROKER;

  /** As {@code arquillian.xml} has it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The process at its other end, in the port book. */
  String target() {
    return this == DATABASE ? PortBook.POSTGRES : PortBook.BROKER;
  }
}
