package io.trunkline.gateway.auth;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The topics that a user may subscribe to: claim {@code topics} of the token, an array of names or
 * one text with spaces between them. A name that ends with {@code *} means all that begin so.
 */
public record TopicGrants(List<String> patterns) {
  /** Without the claim: no topic at all. */
  public static final TopicGrants NONE = new TopicGrants(List.of());

  /** The claim's name; clients cannot set an attribute of this name. */
  public static final String CLAIM = "topics";

  public TopicGrants {
    patterns = List.copyOf(patterns);
  }

  static TopicGrants of(@Nullable Object claim) {
    return switch (claim) {
      case String text when !text.isBlank() -> new TopicGrants(List.of(text.strip().split("\\s+")));
      case Collection<?> names ->
          new TopicGrants(names.stream().map(String::valueOf).filter(n -> !n.isBlank()).toList());
      case null, default -> NONE;
    };
  }

  public boolean allows(String topic) {
    for (String pattern : patterns) {
      boolean allowed =
          pattern.endsWith("*")
              ? topic.startsWith(pattern.substring(0, pattern.length() - 1))
              : topic.equals(pattern);
      if (allowed) {
        return true;
      }
    }
    return false;
  }
}
