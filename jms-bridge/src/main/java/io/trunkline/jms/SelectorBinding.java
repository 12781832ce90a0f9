package io.trunkline.jms;

import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.AND;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.BETWEEN;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.EOF;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.ESCAPE;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.FALSE;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.ID;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.IN;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.IS;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.LIKE;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.NOT;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.OR;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.STRING_LITERAL;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.TRUE;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.activemq.artemis.selector.strict.SimpleCharStream;
import org.apache.activemq.artemis.selector.strict.StrictParserTokenManager;
import org.apache.activemq.artemis.selector.strict.Token;

/**
 * Puts an {@link Operand} in the place of each attribute, typed by what stands beside it. LIKE and
 * the comparison of two attributes become operands of ours as a whole.
 */
final class SelectorBinding {
  /** With these the costliest selector takes well under a millisecond a session. */
  private static final int MAX_ATTRIBUTES = 128;

  private static final int MAX_LIKES = 16;

  private final SelectorTokens tokens;
  private final boolean[] closesBetween;
  private final List<Token> bound = new ArrayList<>();
  private final Map<String, Operand> operands = new HashMap<>();
  private int likes;

  SelectorBinding(SelectorTokens tokens) throws InvalidSelector {
    this.tokens = tokens;
    this.closesBetween = closesBetween(tokens);
    int i = 0;
    while (i < tokens.size()) {
      i = bind(i);
    }
  }

  /** By the names that the parser sees. */
  Map<String, Operand> operands() {
    return operands;
  }

  /** For one run of the parser. */
  StrictParserTokenManager replay() {
    return new Replay(bound);
  }

  /** The attributes that must have one value, where only ANDs join the selector's parts. */
  static Map<String, String> equalities(SelectorTokens tokens) {
    Map<String, String> found = new LinkedHashMap<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.is(i, SelectorTokens.OPEN)) {
        depth++;
      } else if (tokens.is(i, SelectorTokens.CLOSE)) {
        depth--;
      } else if (depth == 0 && (tokens.kind(i) == OR || tokens.kind(i) == BETWEEN)) {
        return Map.of();
      } else if (depth == 0 && (tokens.kind(i) == AND || tokens.kind(i) == EOF)) {
        if (i - start == 3 && tokens.is(start + 1, "=")) {
          if (tokens.isName(start) && tokens.kind(start + 2) == STRING_LITERAL) {
            found.putIfAbsent(tokens.content(start), tokens.content(start + 2));
          } else if (tokens.kind(start) == STRING_LITERAL && tokens.isName(start + 2)) {
            found.putIfAbsent(tokens.content(start + 2), tokens.content(start));
          }
        }
        start = i + 1;
      }
    }
    return found;
  }

  private int bind(int i) throws InvalidSelector {
    if (!tokens.isName(i)) {
      if (tokens.kind(i) == LIKE) {
        throw tokens.invalid(i, "LIKE needs the name of an attribute before it");
      }
      bound.add(tokens.get(i));
      return i + 1;
    }
    String name = tokens.content(i);
    int like = tokens.kind(i + 1) == NOT ? i + 2 : i + 1;
    if (tokens.kind(like) == LIKE) {
      boolean escaped = tokens.kind(like + 2) == ESCAPE;
      add(i, new Operand.Like(name, pattern(like, escaped), like == i + 2));
      return like + (escaped ? 4 : 2);
    }
    boolean pair =
        tokens.isOneOf(i + 1, SelectorTokens.EQUALITY)
            && tokens.isName(i + 2)
            && beginsCondition(i)
            && endsCondition(i + 3);
    if (pair) {
      add(i, new Operand.Same(name, tokens.content(i + 2), tokens.is(i + 1, "<>")));
      return i + 3;
    }
    add(i, typed(i, name));
    return i + 1;
  }

  private void add(int i, Operand operand) throws InvalidSelector {
    if (operands.size() == MAX_ATTRIBUTES) {
      throw tokens.invalid(
          i, "more than " + MAX_ATTRIBUTES + " attributes; many values of one go into IN (...)");
    }
    if (operand instanceof Operand.Like && ++likes > MAX_LIKES) {
      throw tokens.invalid(i, "more than " + MAX_LIKES + " times LIKE");
    }
    String name = "a" + operands.size();
    operands.put(name, operand);
    bound.add(SelectorTokens.inPlaceOf(tokens.get(i), ID, name));
  }

  private LikePattern pattern(int like, boolean escaped) throws InvalidSelector {
    OptionalInt escape =
        escaped ? OptionalInt.of(tokens.content(like + 3).codePointAt(0)) : OptionalInt.empty();
    try {
      return LikePattern.of(tokens.content(like + 1), escape);
    } catch (IllegalArgumentException e) {
      throw tokens.invalid(like + 1, String.valueOf(e.getMessage()));
    }
  }

  private boolean beginsCondition(int i) {
    return i == 0
        || tokens.is(i - 1, SelectorTokens.OPEN)
        || tokens.kind(i - 1) == AND
        || tokens.kind(i - 1) == OR;
  }

  private boolean endsCondition(int i) {
    return switch (tokens.kind(i)) {
      case EOF, AND, OR -> true;
      default -> tokens.is(i, SelectorTokens.CLOSE);
    };
  }

  private Operand typed(int i, String name) {
    if (asksNumber(i - 1) || asksNumber(i + 1) || (i > 0 && closesBetween[i - 1])) {
      return new Operand.Numeric(name);
    }
    int after = tokens.kind(i + 1) == NOT ? i + 2 : i + 1;
    if (tokens.kind(after) == BETWEEN) {
      return new Operand.Numeric(name);
    }
    if (tokens.kind(after) == IN || tokens.kind(after) == IS) {
      return new Operand.Text(name);
    }
    if (tokens.isOneOf(i + 1, SelectorTokens.EQUALITY)) {
      return comparedWith(i + 2, 1, name);
    }
    return i > 0 && tokens.isOneOf(i - 1, SelectorTokens.EQUALITY)
        ? comparedWith(i - 2, -1, name)
        : new Operand.Truth(name);
  }

  private boolean asksNumber(int i) {
    return i >= 0
        && (tokens.isOneOf(i, SelectorTokens.ARITHMETIC)
            || tokens.isOneOf(i, SelectorTokens.ORDERING)
            || tokens.kind(i) == BETWEEN);
  }

  /** The other side of = or <>, from {@code start} on in steps of {@code step}. */
  private Operand comparedWith(int start, int step, String name) {
    boolean number = false;
    int depth = 0;
    for (int i = start; i >= 0 && i < tokens.size(); i += step) {
      if (tokens.is(i, SelectorTokens.OPEN)) {
        depth += step;
      } else if (tokens.is(i, SelectorTokens.CLOSE)) {
        depth -= step;
      }
      boolean joint =
          tokens.isOneOf(i, SelectorTokens.EQUALITY)
              || switch (tokens.kind(i)) {
                case AND, OR, IS, EOF -> true;
                default -> false;
              };
      if (depth < 0 || (depth == 0 && joint)) {
        break;
      }
      if (joint || isTruth(i)) {
        return new Operand.Truth(name);
      }
      number |= tokens.isNumber(i) || tokens.isOneOf(i, SelectorTokens.ARITHMETIC);
    }
    return number ? new Operand.Numeric(name) : new Operand.Text(name);
  }

  private boolean isTruth(int i) {
    return switch (tokens.kind(i)) {
      case TRUE, FALSE, NOT, LIKE, IN, BETWEEN -> true;
      default -> tokens.isOneOf(i, SelectorTokens.ORDERING);
    };
  }

  /** Which words are the AND of a BETWEEN. */
  private static boolean[] closesBetween(SelectorTokens tokens) {
    boolean[] closes = new boolean[tokens.size()];
    int[] pending = new int[tokens.size() + 1];
    int depth = 0;
    for (int i = 0; i < tokens.size(); i++) {
      if (tokens.is(i, SelectorTokens.OPEN)) {
        pending[++depth] = 0;
      } else if (tokens.is(i, SelectorTokens.CLOSE)) {
        depth = Math.max(0, depth - 1);
      } else if (tokens.kind(i) == BETWEEN) {
        pending[depth]++;
      } else if (tokens.kind(i) == AND && pending[depth] > 0) {
        pending[depth]--;
        closes[i] = true;
      }
    }
    return closes;
  }

  /** Gives the parser words that are there already. */
  private static final class Replay extends StrictParserTokenManager {
    private final Iterator<Token> rest;
    private final Token end;

    Replay(List<Token> tokens) {
      super(new SimpleCharStream(new StringReader("")));
      rest = tokens.iterator();
      end = tokens.getLast();
    }

    @Override
    public Token getNextToken() {
      return rest.hasNext() ? rest.next() : SelectorTokens.inPlaceOf(end, EOF, "");
    }
  }
}
