package io.trunkline.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttributeSelectorTest {
  private static final Map<String, String> ALICE =
      Map.of(
          "user", "alice",
          "platform", "ios",
          "client_version", "2.10",
          "build", "1.2.3",
          "region", "east",
          "home", "east",
          "level", "7",
          "vip", "true",
          "https://shop/role", "it's \"me\"",
          "path", "a_b%c");

  private static boolean matches(String selector) throws InvalidSelector {
    return AttributeSelector.parse(selector).matches(ALICE::get);
  }

  private static InvalidSelector refusal(String selector) {
    InvalidSelector refusal =
        catchThrowableOfType(InvalidSelector.class, () -> AttributeSelector.parse(selector));
    assertThat(refusal).as(selector).isNotNull();
    return refusal;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        // text
        "platform = 'ios'; true",
        "platform = 'IOS'; false",
        "Platform = 'ios'; false",
        "'ios' = platform; true",
        "platform <> 'android'; true",
        "platform = 'ios' AND region IN ('east','north'); true",
        "region NOT IN ('east','north'); false",
        "platform = 'web' OR user = 'alice'; true",
        "platform = 'web' OR platform = 'ios' AND user = 'bob'; false",
        "(platform = 'web' OR platform = 'ios') AND user = 'alice'; true",
        "\"https://shop/role\" = 'it''s \"me\"'; true",
        "region = home; true",
        "(region) = ((home)); true",
        "region <> user; true",
        "(region) IN ('east'); true",
        "user = 'alice' /* the first */ AND region = 'east'; true",
        // NOT applies to the comparison after it
        "NOT platform = 'web'; true",
        "NOT platform = 'ios' OR user = 'alice'; true",
        "NOT platform = 'ios' AND user = 'alice'; false",
        "NOT (platform = 'ios' AND user = 'bob'); true",
        "NOT NOT platform = 'ios'; true",
        "NOT level BETWEEN 8 AND 9 AND user = 'bob'; false",
        "NOT level BETWEEN 8 AND 9 AND user = 'alice'; true",
        "NOT user IN ('bob') AND NOT user LIKE 'b%'; true",
        // numbers
        "level = 7; true",
        "level = 7.0; true",
        "level = '7'; true",
        "level = '7.0'; false",
        "level <> 8; true",
        "7 = level; true",
        "level > 6.5 AND level < 7.5; true",
        "(level) >= 7; true",
        "level BETWEEN 7 AND 9; true",
        "level NOT BETWEEN 7 AND 9; false",
        "9 BETWEEN level AND 10; true",
        "level * 2 + 1 = 15; true",
        "- level = -7; true",
        "level % 2 = 1; true",
        "client_version >= 2.1; true",
        "client_version = '2.10'; true",
        "level < client_version; false",
        "level = 1 + 6; true",
        // text that is no number is unknown as a number
        "build > 1; false",
        "NOT build > 1; false",
        "build = 1; false",
        "build <> 1; false",
        "build LIKE '1.%'; true",
        "level / 0 = 1; false",
        // truth
        "vip; true",
        "NOT vip; false",
        "vip = TRUE; true",
        "vip = 'true'; true",
        "vip <> TRUE; false",
        "vip AND platform = 'ios'; true",
        "vip = (level > 6); true",
        "user; false",
        "NOT user; false",
        "TRUE; true",
        // what is not there is unknown
        "team = 'a'; false",
        "team <> 'a'; false",
        "NOT team = 'a'; false",
        "team = crew; false",
        "NOT team = crew; false",
        "team <> crew; false",
        "team IN ('a'); false",
        "team NOT IN ('a'); false",
        "team LIKE '%'; false",
        "team NOT LIKE '%'; false",
        "team > 1; false",
        "NOT (team > 1); false",
        "team IS NULL; true",
        "NOT team IS NULL; false",
        "team IS NOT NULL; false",
        "user IS NULL; false",
        "user IS NOT NULL; true",
        "team = 'a' OR vip; true",
        "team = 'a' AND vip; false",
        "NOT (team = 'a' AND user = 'bob'); true",
        // patterns
        "user LIKE 'a%'; true",
        "user LIKE 'A%'; false",
        "user LIKE '_lice'; true",
        "user LIKE '_alice'; false",
        "user LIKE 'al%c%'; true",
        "user NOT LIKE '%x%'; true",
        "user LIKE ''; false",
        "user LIKE '%'; true",
        "user LIKE 'alice%'; true",
        "user LIKE '.....'; false",
        "path LIKE 'a!_b!%c' ESCAPE '!'; true",
        "user LIKE 'al!_ce' ESCAPE '!'; false",
        "user LIKE '%l%' = TRUE; true",
      })
  void matches_asSqlSays(String selector, boolean expected) throws InvalidSelector {
    assertThat(matches(selector)).as(selector).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "``; 1; empty",
        "platform = ; 11; ends",
        "platform = 'ios' nonsense; 18; nonsense is not expected",
        "platform = 'ios; 12; quote is not closed",
        "platform == 'ios'; 11; = is not expected",
        "platform != 'ios'; 10; no meaning",
        "platform = 'ios' AND; 21; ends",
        "(platform = 'ios'; 18; ends",
        "platform = 'ios'); 17; ) is not expected",
        "NOT; 4; ends",
        "XPATH '/a'; 1; XPATH is not allowed",
        "user = 'a' or xquery '/a'; 15; xquery is not allowed",
        "client_version >= '2.1'; 19; written without quotes",
        "level BETWEEN '1' AND 2; 15; written without quotes",
        "user + 'x' = 'alicex'; 8; calculated",
        "user = NULL; 8; IS NULL",
        "level IN (1, 2); 11; single quotes",
        "level = 1e999; 9; too large",
        "level > 99999999999999999999; 9; too large",
        "level > 0x1ffffffffffffffff; 9; too large",
        "1 LIKE 'a'; 3; LIKE needs the name",
        "(user = 'a') LIKE 'a'; 14; LIKE needs the name",
        "user LIKE user; 11; single quotes",
        "user LIKE 'a' ESCAPE 'bb'; 22; one character",
        "user LIKE 'a!' ESCAPE '!'; 11; escape character",
        "'ios'; 6; neither true nor false",
        "7; 2; neither true nor false",
        "hyphenated_props:user = 'a'; 17; no meaning",
      })
  void whatIsNoSelector_isRefused_withThePlaceAndInWords(
      String selector, int position, String reason) {
    InvalidSelector refusal = refusal(selector);

    assertThat(refusal.reason()).contains(reason).doesNotContain("Exception");
    assertThat(refusal.position()).as(refusal.getMessage()).isEqualTo(position);
    assertThat(refusal).hasMessage("at character " + position + ": " + refusal.reason());
  }

  @Test
  void xpath_isReachableAsAnAttributeOnly() throws InvalidSelector {
    assertThat(AttributeSelector.parse("\"xpath\" = 'a'").matches(name -> "a")).isTrue();
  }

  @Test
  void lengthAndDepth_areBounded() throws InvalidSelector {
    String longest = "user = '" + "a".repeat(AttributeSelector.MAX_CHARS - 9) + "'";
    assertThat(AttributeSelector.parse(longest).matches(ALICE::get)).isFalse();
    assertThat(refusal(longest + " ").reason()).contains("4097 characters");

    assertThat(matches("(".repeat(30) + "level > 1" + ")".repeat(30))).isTrue();
    for (String deep :
        new String[] {
          "(".repeat(40) + "level > 1" + ")".repeat(40),
          "NOT ".repeat(40) + "vip",
          "- ".repeat(40) + "level = 7",
          "+ ".repeat(40) + "level = 7",
          "NOT vip = ".repeat(40) + "vip",
        }) {
      assertThat(refusal(deep).reason()).contains("levels deep");
    }
  }

  @Test
  void attributesAndPatterns_areBounded() throws InvalidSelector {
    assertThat(matches("vip" + " AND vip".repeat(127))).isTrue();
    assertThat(refusal("vip" + " AND vip".repeat(128)).reason()).contains("128 attributes");
    String like = " OR user LIKE 'b%'";
    assertThat(matches("vip" + like.repeat(16))).isTrue();
    assertThat(refusal("vip" + like.repeat(17)).reason()).contains("16 times LIKE");
    assertThat(matches("user IN ('alice'" + ",'bob'".repeat(600) + ")")).isTrue();
  }

  @Test
  void longChains_areRefused_orNeedNoDeepStack() throws Exception {
    for (String chain :
        new String[] {
          "level" + "+1".repeat(2_000) + " > 1",
          "vip" + " IS NULL".repeat(500),
          "vip" + "=vip".repeat(1_000),
          "vip" + " AND vip".repeat(500),
          "level" + "<1".repeat(2_000),
          "(level)" + "+(1)".repeat(1_000) + " > 1",
          "level" + "+1".repeat(60) + " > 1",
        }) {
      Throwable[] failure = new Throwable[1];
      // A quarter of what a thread has by default.
      var thread =
          new Thread(
              null,
              () -> {
                try {
                  AttributeSelector.parse(chain).matches(ALICE::get);
                } catch (InvalidSelector e) {
                  // Refused is as good.
                } catch (Throwable e) {
                  failure[0] = e;
                }
              },
              "small-stack",
              256 << 10);
      thread.start();
      thread.join();
      assertThat(failure[0]).as(chain).isNull();
    }
  }

  /** As a regular expression the pattern would not come to an end in a lifetime. */
  @Test
  void likeWithManyWildcards_doesNotExplode() throws InvalidSelector {
    AttributeSelector selector = AttributeSelector.parse("user LIKE '" + "%a".repeat(100) + "%b'");

    boolean matched =
        Assertions.assertTimeoutPreemptively(
            Duration.ofSeconds(30), () -> selector.matches(name -> "a".repeat(256)));

    assertThat(matched).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anyText_isASelectorOrRefused_andNeverThrowsElse(long seed) {
    String[] words = {
      "user",
      "level",
      "vip",
      "team",
      "'a'",
      "'%a%'",
      "7",
      "2.5",
      "0x1f",
      "1e9",
      "TRUE",
      "FALSE",
      "NULL",
      "=",
      "<>",
      "<",
      "<=",
      ">",
      ">=",
      "(",
      ")",
      ",",
      "+",
      "-",
      "*",
      "/",
      "%",
      "NOT",
      "AND",
      "OR",
      "BETWEEN",
      "LIKE",
      "ESCAPE",
      "'!'",
      "IN",
      "IS",
      "XPATH",
      "\"q\"",
      "/*",
      "*/",
      "--",
      "''",
      "\u00fc",
      "#",
      "\ud83d\ude00",
      "'",
      "\"",
      "$x",
      "NOT",
      "AND",
      "IS NULL",
      "IN ('a')",
    };
    var random = new Random(seed);
    Assertions.assertTimeoutPreemptively(
        Duration.ofMinutes(2),
        () -> {
          int understood = 0;
          for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            int length = 1 + random.nextInt(random.nextInt(10) == 0 ? 400 : 9);
            for (int j = 0; j < length; j++) {
              text.append(words[random.nextInt(words.length)]);
              text.append(random.nextInt(8) == 0 ? "" : " ");
            }
            try {
              AttributeSelector.parse(text.toString()).matches(ALICE::get);
              understood++;
            } catch (InvalidSelector e) {
              assertThat(e.position()).isBetween(1, text.length() + 1);
              assertThat(e.reason()).isNotEmpty();
            } catch (RuntimeException | Error e) {
              throw new AssertionError("seed " + seed + ": " + text, e);
            }
          }
          assertThat(understood).as("selectors among them").isGreaterThan(100);
        });
  }

  @Test
  void of_compilesTheSameTextOnce() throws InvalidSelector {
    String text = "user = 'cached'";

    assertThat(AttributeSelector.of(text)).isSameAs(AttributeSelector.of(new String(text)));
    assertThatThrownBy(() -> AttributeSelector.of("user =")).isInstanceOf(InvalidSelector.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "user = 'a'; {user=a}",
        "user = 'a' AND 'n' = node AND level > 1; {node=n, user=a}",
        "user = 'a' AND user = 'b'; {user=a}",
        "user = 'a' AND (state = 'x' OR vip); {user=a}",
        "user = 'a' OR vip; {}",
        "NOT user = 'a'; {}",
        "(user = 'a'); {}",
        "user <> 'a'; {}",
        "level BETWEEN 1 AND user = 'a'; {}",
        "user = 7; {}",
      })
  void equalities_areWhatMustHold(String selector, String expected) throws InvalidSelector {
    assertThat(new java.util.TreeMap<>(AttributeSelector.parse(selector).equalities()))
        .hasToString(expected);
  }
}
