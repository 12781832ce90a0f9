package io.trunkline.jms;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.activemq.artemis.selector.strict.SimpleCharStream;
import org.apache.activemq.artemis.selector.strict.StrictParserConstants;
import org.apache.activemq.artemis.selector.strict.StrictParserTokenManager;
import org.apache.activemq.artemis.selector.strict.Token;
import org.apache.activemq.artemis.selector.strict.TokenMgrError;

/**
 * The words of a selector in their order, the last one being its end, as Artemis' lexer cuts them.
 * What is outside the list counts as its end.
 */
final class SelectorTokens implements StrictParserConstants {
  static final Set<String> ARITHMETIC = Set.of("+", "-", "*", "/", "%");
  static final Set<String> ORDERING = Set.of("<", "<=", ">", ">=");
  static final Set<String> EQUALITY = Set.of("=", "<>");
  static final String OPEN = "(";
  static final String CLOSE = ")";

  private final String text;
  private final List<Token> tokens;

  SelectorTokens(String text, List<Token> tokens) {
    this.text = text;
    this.tokens = tokens;
  }

  static SelectorTokens cut(String text) throws InvalidSelector {
    var lexer = new StrictParserTokenManager(new SimpleCharStream(new StringReader(text), 1, 1));
    List<Token> tokens = new ArrayList<>();
    int end = 0;
    while (true) {
      try {
        Token token = lexer.getNextToken();
        tokens.add(token);
        if (token.kind == EOF) {
          token.beginColumn = text.length() + 1;
          token.endColumn = text.length();
          return new SelectorTokens(text, tokens);
        }
        end = token.endColumn;
      } catch (TokenMgrError e) {
        int at = end;
        while (at < text.length() && text.charAt(at) == ' ') {
          at++;
        }
        boolean quote = at < text.length() && (text.charAt(at) == '\'' || text.charAt(at) == '"');
        throw new InvalidSelector(
            at + 1, quote ? "this quote is not closed" : "what begins here has no meaning");
      }
    }
  }

  int size() {
    return tokens.size();
  }

  Token get(int i) {
    return i < 0 || i >= tokens.size() ? tokens.getLast() : tokens.get(i);
  }

  int kind(int i) {
    return get(i).kind;
  }

  /** Strings and quoted names have their quotes in the image, so none is taken for an operator. */
  boolean is(int i, String operator) {
    return get(i).image.equals(operator);
  }

  boolean isOneOf(int i, Set<String> operators) {
    return operators.contains(get(i).image);
  }

  boolean isName(int i) {
    return kind(i) == ID || kind(i) == QUOTED_ID;
  }

  boolean isNumber(int i) {
    return switch (kind(i)) {
      case DECIMAL_LITERAL, HEX_LITERAL, OCTAL_LITERAL, FLOATING_POINT_LITERAL -> true;
      default -> false;
    };
  }

  /** NOT is the first word of NOT LIKE, NOT IN, NOT BETWEEN or, after IS, of NOT NULL. */
  boolean isPartOfOperator(int not) {
    return switch (kind(not + 1)) {
      case LIKE, IN, BETWEEN, NULL -> true;
      default -> false;
    };
  }

  /** What a name or a string says, without its quotes. */
  String content(int i) {
    String image = get(i).image;
    return switch (kind(i)) {
      case STRING_LITERAL -> image.substring(1, image.length() - 1).replace("''", "'");
      case QUOTED_ID -> image.substring(1, image.length() - 1).replace("\"\"", "\"");
      default -> image;
    };
  }

  /** A word that stands where another does, for messages. */
  static Token inPlaceOf(Token other, int kind, String image) {
    var token = new Token(kind, image);
    token.beginColumn = other.beginColumn;
    token.endColumn = other.endColumn;
    return token;
  }

  static Token parenthesis(Token at, String image) {
    return inPlaceOf(at, List.of(tokenImage).indexOf('"' + image + '"'), image);
  }

  InvalidSelector invalid(int i, String reason) {
    return invalid(get(i), reason);
  }

  InvalidSelector invalid(Token at, String reason) {
    return new InvalidSelector(Math.clamp(at.beginColumn, 1, text.length() + 1), reason);
  }

  InvalidSelector unexpected(Token at) {
    if (at.beginColumn > text.length()) {
      return invalid(at, "the selector ends where something must follow");
    }
    int begin = Math.clamp(at.beginColumn - 1, 0, text.length());
    String shown = text.substring(begin, Math.clamp(at.endColumn, begin, text.length()));
    return invalid(
        at, (shown.length() > 32 ? shown.substring(0, 32) + "…" : shown) + " is not expected here");
  }
}
