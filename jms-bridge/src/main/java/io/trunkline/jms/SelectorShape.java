package io.trunkline.jms;

import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.AND;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.BETWEEN;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.EOF;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.ESCAPE;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.FLOATING_POINT_LITERAL;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.IN;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.IS;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.LIKE;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.NOT;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.NULL;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.OR;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.STRING_LITERAL;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.XPATH;
import static org.apache.activemq.artemis.selector.strict.StrictParserConstants.XQUERY;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.activemq.artemis.selector.strict.Token;

/**
 * Looks at a selector before the parser does: refuses what is never allowed, in words of our own,
 * puts the parentheses around NOT's operand that SQL means, and takes away those around a name.
 */
final class SelectorShape {
  /**
   * The parser and the compiled selector go one level down for each; people do not write so many.
   */
  private static final int MAX_DEPTH = 32;

  private static final int MAX_CHAIN = 64;

  private static final int MAX_NUMBER_CHARS = 17;
  private static final String TEXT_IS_NOT_ORDERED =
      "text can be compared by =, <>, IN and LIKE only; a number is written without quotes";

  private SelectorShape() {}

  static SelectorTokens read(String text) throws InvalidSelector {
    if (text.length() > AttributeSelector.MAX_CHARS) {
      throw new InvalidSelector(
          AttributeSelector.MAX_CHARS + 1,
          "the selector has %d characters; %d are allowed"
              .formatted(text.length(), AttributeSelector.MAX_CHARS));
    }
    if (text.isBlank()) {
      throw new InvalidSelector(1, "the selector is empty");
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw new InvalidSelector(i + 1, "control characters are not allowed");
      }
    }
    SelectorTokens tokens = SelectorTokens.cut(text);
    for (int i = 0; i < tokens.size(); i++) {
      checkWord(tokens, i);
    }
    var shaped = new SelectorTokens(text, barenames(parenthesizeNot(tokens)));
    checkDepth(shaped);
    return shaped;
  }

  private static void checkWord(SelectorTokens tokens, int i) throws InvalidSelector {
    switch (tokens.kind(i)) {
      // They would run an XPath engine on text of a stranger.
      case XPATH, XQUERY ->
          throw tokens.invalid(
              i,
              tokens.get(i).image
                  + " is not allowed; an attribute of that name is written in double quotes");
      case LIKE -> checkLike(tokens, i);
      case NULL -> {
        boolean asked =
            tokens.kind(i - 1) == IS || (tokens.kind(i - 1) == NOT && tokens.kind(i - 2) == IS);
        if (!asked) {
          throw tokens.invalid(i, "NULL equals nothing; ask by IS NULL or IS NOT NULL");
        }
      }
      case IN -> {
        if (tokens.isNumber(i + 2)) {
          throw tokens.invalid(i + 2, "IN takes text in single quotes; numbers are compared by =");
        }
      }
      case STRING_LITERAL -> checkString(tokens, i);
      default -> {
        if (tokens.isNumber(i)) {
          checkNumber(tokens, i);
        }
      }
    }
  }

  private static void checkLike(SelectorTokens tokens, int i) throws InvalidSelector {
    int left = tokens.kind(i - 1) == NOT ? i - 2 : i - 1;
    if (left < 0 || !(tokens.isName(left) || tokens.is(left, SelectorTokens.CLOSE))) {
      throw tokens.invalid(i, "LIKE needs the name of an attribute before it");
    }
    if (tokens.kind(i + 1) != STRING_LITERAL) {
      throw tokens.invalid(i + 1, "LIKE needs a pattern in single quotes");
    }
    if (tokens.kind(i + 2) == ESCAPE) {
      boolean one =
          tokens.kind(i + 3) == STRING_LITERAL && tokens.content(i + 3).codePoints().count() == 1;
      if (!one) {
        throw tokens.invalid(i + 3, "ESCAPE needs one character in single quotes");
      }
    }
  }

  private static void checkString(SelectorTokens tokens, int i) throws InvalidSelector {
    for (int beside : new int[] {i - 1, i + 1}) {
      if (tokens.isOneOf(beside, SelectorTokens.ORDERING)
          || tokens.kind(beside) == BETWEEN
          || (tokens.kind(beside) == NOT && tokens.kind(beside + 1) == BETWEEN)) {
        throw tokens.invalid(i, TEXT_IS_NOT_ORDERED);
      }
      if (tokens.isOneOf(beside, SelectorTokens.ARITHMETIC)) {
        throw tokens.invalid(i, "text cannot be calculated with");
      }
    }
  }

  private static void checkNumber(SelectorTokens tokens, int i) throws InvalidSelector {
    String image = tokens.get(i).image;
    boolean fits =
        tokens.kind(i) == FLOATING_POINT_LITERAL
            ? Double.isFinite(Double.parseDouble(image))
            : image.length() <= MAX_NUMBER_CHARS;
    if (!fits) {
      throw tokens.invalid(i, "the number is too large");
    }
  }

  /** The operand of a NOT. */
  private static final class Scope {
    private final int depth;

    /** BETWEENs in it whose AND is still to come. */
    private int betweens;

    Scope(int depth) {
      this.depth = depth;
    }
  }

  /** The parser binds NOT to the next word alone; in SQL it applies to the whole comparison. */
  private static List<Token> parenthesizeNot(SelectorTokens from) {
    Deque<Scope> open = new ArrayDeque<>();
    List<Token> to = new ArrayList<>(from.size());
    int depth = 0;
    for (int i = 0; i < from.size(); i++) {
      Token token = from.get(i);
      while (!open.isEmpty() && open.element().depth == depth && ends(token)) {
        Scope scope = open.element();
        if (token.kind == AND && scope.betweens > 0) {
          scope.betweens--;
          break;
        }
        to.add(SelectorTokens.parenthesis(token, SelectorTokens.CLOSE));
        open.remove();
      }
      if (token.kind == BETWEEN && !open.isEmpty() && open.element().depth == depth) {
        open.element().betweens++;
      }
      depth += step(token);
      to.add(token);
      if (token.kind == NOT && !from.isPartOfOperator(i)) {
        to.add(SelectorTokens.parenthesis(token, SelectorTokens.OPEN));
        open.push(new Scope(depth));
      }
    }
    return to;
  }

  private static int step(Token token) {
    return switch (token.image) {
      case SelectorTokens.OPEN -> 1;
      case SelectorTokens.CLOSE -> -1;
      default -> 0;
    };
  }

  private static boolean ends(Token token) {
    return switch (token.kind) {
      case AND, OR, EOF -> true;
      default -> token.image.equals(SelectorTokens.CLOSE);
    };
  }

  /** Without the parentheses around single names, so that a name stands beside its operator. */
  private static List<Token> barenames(List<Token> from) {
    List<Token> to = new ArrayList<>(from.size());
    for (Token token : from) {
      to.add(token);
      int last = to.size() - 1;
      var seen = new SelectorTokens("", to);
      if (last >= 2
          && seen.is(last, SelectorTokens.CLOSE)
          && seen.isName(last - 1)
          && seen.is(last - 2, SelectorTokens.OPEN)
          && (last == 2 || seen.kind(last - 3) != IN)) {
        to.remove(last);
        to.remove(last - 2);
      }
    }
    return to;
  }

  /** Bounds how deep parser and compiled selector go: event loops have small stacks. */
  private static void checkDepth(SelectorTokens tokens) throws InvalidSelector {
    int depth = 0;
    int signs = 0;
    int chain = 0;
    for (int i = 0; i < tokens.size(); i++) {
      depth += step(tokens.get(i));
      boolean arithmetic = tokens.isOneOf(i, SelectorTokens.ARITHMETIC);
      signs = arithmetic ? signs + 1 : 0;
      if (depth + signs > MAX_DEPTH) {
        throw tokens.invalid(i, "nested more than " + MAX_DEPTH + " levels deep");
      }
      if (tokens.kind(i) == AND || tokens.kind(i) == OR) {
        chain = 0;
      } else if (arithmetic
          || tokens.kind(i) == IS
          || tokens.isOneOf(i, SelectorTokens.EQUALITY)
          || tokens.isOneOf(i, SelectorTokens.ORDERING)) {
        chain++;
      }
      if (chain > MAX_CHAIN) {
        throw tokens.invalid(i, "more than " + MAX_CHAIN + " operators without AND or OR between");
      }
    }
  }
}
