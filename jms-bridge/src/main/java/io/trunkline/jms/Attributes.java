package io.trunkline.jms;

import org.jspecify.annotations.Nullable;

/** What is known of one session, by name, as text. */
@FunctionalInterface
public interface Attributes {

  /** {@code null} if the session has no such attribute. Names are case-sensitive. */
  @Nullable String value(String name);
}
