package dev.dbrx4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.StructuredOutput.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Grammars match what a plain recogniser matches that tries everything.
class EbnfTest {
  /// A rule's alternatives; an upper-case letter is a rule, any other a character.
  private record Plain(Map<Character, List<String>> rules) {
    /// The places where a symbol sequence that starts at a place can end.
    Set<Integer> ends(String symbols, String text, int from, int fuel) {
      Set<Integer> ends = new HashSet<>(Set.of(from));
      for (int i = 0; i < symbols.length(); i++) {
        char symbol = symbols.charAt(i);
        Set<Integer> next = new HashSet<>();
        for (int end : ends) {
          if (Character.isUpperCase(symbol) && fuel > 0) {
            for (String alternative : rules.get(symbol)) {
              next.addAll(ends(alternative, text, end, fuel - 1));
            }
          } else if (end < text.length() && text.charAt(end) == symbol) {
            next.add(end + 1);
          }
        }
        ends = next;
      }
      return ends;
    }

    String ebnf() {
      StringBuilder text = new StringBuilder();
      rules.forEach((name, alternatives) -> {
        List<String> written = new ArrayList<>();
        for (String alternative : alternatives) {
          StringBuilder sequence = new StringBuilder();
          for (int i = 0; i < alternative.length(); i++) {
            char symbol = alternative.charAt(i);
            sequence.append(
                Character.isUpperCase(symbol) ? rule(symbol) + " " : "\"" + symbol + "\" ");
          }
          written.add(sequence.isEmpty() ? "\"\"" : sequence.toString());
        }
        text.append(rule(name)).append(" ::= ").append(String.join(" | ", written)).append('\n');
      });
      return text.toString();
    }

    private static String rule(char name) {
      return name == 'S' ? "root" : "rule-" + name;
    }
  }

  /// Every alternative begins with a character or is empty, so that recursion comes to an end.
  private static Plain random(SplittableRandom random) {
    Map<Character, List<String>> rules = new HashMap<>();
    for (char name : List.of('S', 'A', 'B')) {
      List<String> alternatives = new ArrayList<>();
      for (int i = random.nextInt(1, 4); i > 0; i--) {
        StringBuilder alternative = new StringBuilder();
        if (random.nextInt(4) > 0) {
          alternative.append("ab[".charAt(random.nextInt(3)));
          for (int n = random.nextInt(4); n > 0; n--) {
            alternative.append("ab]SAB".charAt(random.nextInt(6)));
          }
        }
        alternatives.add(alternative.toString());
      }
      rules.put(name, alternatives);
    }
    return new Plain(rules);
  }

  @Test
  void randomGrammarsMatchWhatAPlainRecogniserMatches() {
    SplittableRandom random = new SplittableRandom(3);
    int matched = 0;
    int endless = 0;
    for (int i = 0; i < 400; i++) {
      Plain plain = random(random);
      for (int j = 0; j < 40; j++) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(7); n > 0; n--) {
          text.append("ab[]".charAt(random.nextInt(4)));
        }
        boolean expected = plain.ends("S", text.toString(), 0, 8).contains(text.length());
        boolean found;
        try {
          found = Compiled.matches(Kind.GRAMMAR, plain.ebnf(), text.toString());
        } catch (InvalidRequestException e) {
          assertThat(e).hasMessageContaining("no finite text");
          found = false;
          endless++;
        }
        assertThat(found).as("%s in %s", text, plain.ebnf()).isEqualTo(expected);
        matched += expected ? 1 : 0;
      }
    }
    assertThat(matched).isGreaterThan(500);
    assertThat(endless).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "root ::= [a-c]{2,3} # comment; abc; true",
        "root ::= [^a-c\\n] .; xé; true",
        "root ::= \"\\x41\\t\\\"\" | \"b\"; b; true",
        "root ::= (\"a\" | \"b\" )? \"c\"+ ; accc; true",
        "root ::= a{,2} a ::= \"x\"; xx; true",
        "root ::= \"a\"{3}; aa; false",
      })
  void readsTheNotation(String grammar, String text, boolean expected) {
    assertThat(Compiled.matches(Kind.GRAMMAR, grammar, text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "root ::= missing; line 1, column 10, a call of missing, which is no rule",
        "a ::= \"x\"; no rule root",
        "root ::= root \"a\" | \"b\"; rule root begins by calling itself",
        "root ::= \"x\"? root; rule root begins by calling itself",
        "root ::= \"a\" root; no finite text matches the grammar",
        "root ::= \"a; unfinished end",
        "root ::= (\"a\"; a '(' without ')'",
        "root ::= \"a\" ) ; something unexpected",
        "root ::= \"\\q\"; the escape \\q",
        "root ::= \"a\" root ::= \"b\"; a second rule root",
        "root = \"a\"; a rule without ::=",
        "root ::= [b-a]; not in order",
      })
  void refusesWhatIsWrongAndSaysWhere(String grammar, String message) {
    assertThatThrownBy(() -> Compiled.matches(Kind.GRAMMAR, grammar, ""))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }
}
