package io.trunkline.jms;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.HashMap;
import java.util.Map;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.selector.filter.BooleanExpression;
import org.apache.activemq.artemis.selector.filter.FilterException;
import org.apache.activemq.artemis.selector.filter.Filterable;
import org.apache.activemq.artemis.selector.strict.ParseException;
import org.apache.activemq.artemis.selector.strict.StrictParser;
import org.jspecify.annotations.Nullable;

/**
 * A SQL-92 selector over the attributes of sessions, in the language of JMS message selectors,
 * parsed by Artemis' own parser. Immutable and thread-safe; {@link #matches} neither blocks nor
 * throws.
 *
 * <p>Attributes are text. One that is compared with a number ({@code <}, {@code BETWEEN},
 * arithmetic) counts as a number if its text is one and as unknown if not; one that stands alone or
 * is compared with {@code TRUE} counts as a truth value in the same way. Text is compared by {@code
 * =}, {@code <>}, {@code IN} and {@code LIKE} only. What is not there is unknown, and only {@code
 * IS NULL} is true of it; a selector matches what it is true of.
 *
 * <p>Differs from the broker's selectors where those differ from SQL: {@code NOT} applies to the
 * whole comparison after it, and two attributes that are both absent are not equal. {@code XPATH}
 * and {@code XQUERY} are refused.
 */
public final class AttributeSelector {

  /** Longest selector, in characters. */
  public static final int MAX_CHARS = 4096;

  private static final int CACHED = 1_000;

  /** Compiled ones by their text: the same few are published again and again. */
  private static final Cache<String, AttributeSelector> COMPILED =
      Caffeine.newBuilder().maximumSize(CACHED).build();

  private final String text;
  private final BooleanExpression expression;
  private final Map<SimpleString, Operand> operands;
  private final Map<String, String> equalities;

  private AttributeSelector(
      String text,
      BooleanExpression expression,
      Map<SimpleString, Operand> operands,
      Map<String, String> equalities) {
    this.text = text;
    this.expression = expression;
    this.operands = Map.copyOf(operands);
    this.equalities = Map.copyOf(equalities);
  }

  /**
   * From a bounded cache, otherwise parsed.
   *
   * @throws InvalidSelector if it is none, is longer than {@link #MAX_CHARS}, nested too deeply, or
   *     uses what is not allowed
   */
  public static AttributeSelector of(String text) throws InvalidSelector {
    AttributeSelector known = COMPILED.getIfPresent(text);
    if (known == null) {
      known = parse(text);
      COMPILED.put(text, known);
    }
    return known;
  }

  /** As {@link #of}, without the cache. */
  static AttributeSelector parse(String text) throws InvalidSelector {
    SelectorTokens tokens = SelectorShape.read(text);
    var binding = new SelectorBinding(tokens);
    Map<SimpleString, Operand> operands = new HashMap<>();
    binding.operands().forEach((name, operand) -> operands.put(SimpleString.of(name), operand));
    return new AttributeSelector(
        text, expression(tokens, binding), operands, SelectorBinding.equalities(tokens));
  }

  private static BooleanExpression expression(SelectorTokens tokens, SelectorBinding binding)
      throws InvalidSelector {
    var parser = new StrictParser(binding.replay());
    try {
      return parser.JmsSelector();
    } catch (ParseException e) {
      if (String.valueOf(e.getMessage()).startsWith("Parse error")) {
        throw tokens.unexpected(parser.getToken(1));
      }
      throw tokens.invalid(parser.getToken(0), "what ends here is neither true nor false");
    } catch (RuntimeException e) {
      // The parser says so where a comparison makes no sense; its words name its own classes.
      throw tokens.invalid(parser.getToken(0), "what ends here cannot be compared like this");
    }
  }

  /** Whether it is true of these; false where it is unknown, as in SQL. */
  public boolean matches(Attributes attributes) {
    try {
      return expression.matches(new Reader(operands, attributes));
    } catch (FilterException | RuntimeException e) {
      // A calculation without a result, such as a division by zero: unknown.
      return false;
    }
  }

  /**
   * What a session must equal, by attribute, for this to be true of it: a necessary condition that
   * a database can check first. Empty if the selector does not say so plainly.
   */
  public Map<String, String> equalities() {
    return equalities;
  }

  /** As it was written. */
  public String text() {
    return text;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AttributeSelector selector && selector.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }

  /** Hands one session's values to Artemis' expressions. */
  private record Reader(Map<SimpleString, Operand> operands, Attributes attributes)
      implements Filterable {
    @Override
    public @Nullable Object getProperty(SimpleString name) {
      Operand operand = operands.get(name);
      return operand == null ? null : operand.value(attributes);
    }

    @Override
    public <T> T getBodyAs(Class<T> type) throws FilterException {
      throw new FilterException("a session has no body");
    }

    @Override
    public @Nullable Object getLocalConnectionId() {
      return null;
    }
  }
}
