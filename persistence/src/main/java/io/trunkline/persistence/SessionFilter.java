package io.trunkline.persistence;

import java.util.Map;
import java.util.Optional;

/**
 * Which live sessions; absent means any.
 *
 * @param userPrefix beginning of the user's name, case counts
 * @param state {@code ACTIVE} or {@code DETACHED}
 * @param attributes each must be there with this value
 */
public record SessionFilter(
    Optional<String> userPrefix,
    Optional<String> node,
    Optional<String> state,
    Map<String, String> attributes) {
  public static final SessionFilter ALL =
      new SessionFilter(Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  public SessionFilter {
    attributes = Map.copyOf(attributes);
  }

  public static SessionFilter userPrefix(String prefix) {
    return new SessionFilter(
        prefix.isEmpty() ? Optional.empty() : Optional.of(prefix),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }
}
