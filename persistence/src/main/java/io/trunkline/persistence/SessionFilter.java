package io.trunkline.persistence;

import java.util.Map;
import java.util.Optional;

/**
 * Which live sessions; absent means any.
 *
 * @param userPrefix beginning of the user's name, case counts
 * @param user the user's whole name
 * @param state {@code ACTIVE} or {@code DETACHED}
 * @param attributes each must be there with this value
 */
public record SessionFilter(
    Optional<String> userPrefix,
    Optional<String> user,
    Optional<String> node,
    Optional<String> state,
    Map<String, String> attributes) {
  public static final SessionFilter ALL =
      new SessionFilter(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

  public SessionFilter {
    attributes = Map.copyOf(attributes);
  }

  /** Any user. */
  public SessionFilter(
      Optional<String> userPrefix,
      Optional<String> node,
      Optional<String> state,
      Map<String, String> attributes) {
    this(userPrefix, Optional.empty(), node, state, attributes);
  }

  public static SessionFilter userPrefix(String prefix) {
    return new SessionFilter(
        prefix.isEmpty() ? Optional.empty() : Optional.of(prefix),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  /**
   * Also these conditions, as far as they are on {@code user}, {@code node} or {@code state} and
   * nothing is asked of that yet: never more than what meets both, and perhaps less narrow.
   */
  public SessionFilter narrowedBy(Map<String, String> equalities) {
    return new SessionFilter(
        userPrefix,
        user.or(() -> Optional.ofNullable(equalities.get("user"))),
        node.or(() -> Optional.ofNullable(equalities.get("node"))),
        state.or(() -> Optional.ofNullable(equalities.get("state"))),
        attributes);
  }
}
