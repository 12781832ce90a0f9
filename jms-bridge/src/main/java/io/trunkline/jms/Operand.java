package io.trunkline.jms;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a selector asks of a session. Attributes are text; what they are compared with decides how
 * that is read.
 */
sealed interface Operand {

  /** String, Long, Double or Boolean; {@code null} is SQL's unknown. */
  @Nullable Object value(Attributes attributes);

  /** Compared with a string, or asked whether it is there. */
  record Text(String name) implements Operand {
    @Override
    public @Nullable Object value(Attributes attributes) {
      return attributes.value(name);
    }
  }

  /** Compared with a number, or calculated with. */
  record Numeric(String name) implements Operand {
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,18}");
    private static final Pattern DECIMAL =
        Pattern.compile("[+-]?(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?");
    private static final int MAX_CHARS = 64;

    @Override
    public @Nullable Object value(Attributes attributes) {
      String text = attributes.value(name);
      if (text == null || text.length() > MAX_CHARS) {
        return null;
      }
      if (WHOLE.matcher(text).matches()) {
        return Long.valueOf(text);
      }
      return DECIMAL.matcher(text).matches() ? Double.valueOf(text) : null;
    }
  }

  /** Stands alone, or is compared with TRUE or FALSE. */
  record Truth(String name) implements Operand {
    @Override
    public @Nullable Object value(Attributes attributes) {
      String text = attributes.value(name);
      if (text == null) {
        return null;
      }
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default -> null;
      };
    }
  }

  /** {@code LIKE}, and with {@code negated} {@code NOT LIKE}. */
  record Like(String name, LikePattern pattern, boolean negated) implements Operand {
    @Override
    public @Nullable Object value(Attributes attributes) {
      String text = attributes.value(name);
      return text == null ? null : pattern.matches(text) != negated;
    }
  }

  /** Two attributes: {@code =}, and with {@code negated} {@code <>}. */
  record Same(String left, String right, boolean negated) implements Operand {
    @Override
    public @Nullable Object value(Attributes attributes) {
      String one = attributes.value(left);
      String other = attributes.value(right);
      return (one == null || other == null) ? null : one.equals(other) != negated;
    }
  }
}
