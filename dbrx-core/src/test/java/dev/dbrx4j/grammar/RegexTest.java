package dev.dbrx4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.StructuredOutput.Kind;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Regular expressions match what `java.util.regex` matches.
class RegexTest {
  private static final String ALPHABET = "aabbc1é😀\n";

  @Test
  void randomPatternsMatchWhatJavaMatches() {
    SplittableRandom random = new SplittableRandom(7);
    int matched = 0;
    for (int i = 0; i < 2_000; i++) {
      String regex = regex(random, 3);
      Pattern java = Pattern.compile(regex);
      Expressions expressions = new Expressions(null, bytes -> bytes.length);
      Derivatives derivatives = new Derivatives(expressions);
      Expression whole = RegexParser.whole(regex, expressions, new Utf8(expressions));
      Expression anywhere = RegexParser.anywhere(regex, expressions, new Utf8(expressions));
      for (int j = 0; j < 30; j++) {
        String text = text(random);
        boolean expected = java.matcher(text).matches();
        matched += expected ? 1 : 0;
        assertThat(Compiled.matches(whole, text, derivatives))
            .as("%s matches %s", regex, text)
            .isEqualTo(expected);
        assertThat(Compiled.matches(anywhere, text, derivatives))
            .as("%s occurs in %s", regex, text)
            .isEqualTo(java.matcher(text).find());
      }
    }
    assertThat(matched).isGreaterThan(2_000);
  }

  private static String text(SplittableRandom random) {
    int[] characters = ALPHABET.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(6); n > 0; n--) {
      text.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    return text.toString();
  }

  private static String regex(SplittableRandom random, int depth) {
    int kind = random.nextInt(depth == 0 ? 3 : 8);
    return switch (kind) {
      case 0 -> "" + "abc1".charAt(random.nextInt(4));
      case 1 -> "é";
      case 2 ->
          new String[] {".", "\\d", "\\w", "\\s", "[^ab]", "[a-c]", "[^\\d\\s]", "\\p{L}", "\\S"}
              [random.nextInt(9)];
      case 3 -> regex(random, depth - 1) + regex(random, depth - 1);
      case 4 -> "(?:" + regex(random, depth - 1) + "|" + regex(random, depth - 1) + ")";
      case 5 -> "(" + regex(random, depth - 1) + ")" + "*+?".charAt(random.nextInt(3));
      case 6 -> "(?:" + regex(random, depth - 1) + "){" + random.nextInt(3) + ",3}";
      default -> "(" + regex(random, depth - 1) + "|)";
    };
  }

  @ParameterizedTest
  @CsvSource({
    "^a|b$, a, true",
    "^a|b$, xb, false",
    "\\x41\\u0042\\., AB., true",
    "[\\]\\-x-z]+, ]-xyz, true",
    "[a-], -, true",
    "(?<year>[0-9]{4}), 2024, true",
    "a{2}, aa, true",
    "'a{2,}?', aaaa, true",
    "\\p{Lu}\\P{Lu}, Éé, true",
    "x*y{0}, xxx, true",
  })
  void readsWhatBothLanguagesRead(String pattern, String text, boolean expected) {
    assertThat(Compiled.matches(Kind.REGEX, pattern, text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a(?=b)",
        "(a)\\1",
        "\\bword",
        "a++",
        "(?i)a",
        "[[ab]]",
        "[a&&b]",
        "a{3,1}",
        "(a",
        "a)",
        "*a",
        "a**",
        "[z-a]",
        "\\p{Greek}",
        "a^b",
        "[a",
        "\\",
        "a{",
        "\\ud800"
      })
  void refusesTheRest(String pattern) {
    assertThatThrownBy(() -> Compiled.matches(Kind.REGEX, pattern, ""))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(pattern);
  }
}
