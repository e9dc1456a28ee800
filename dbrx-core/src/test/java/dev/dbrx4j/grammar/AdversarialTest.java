package dev.dbrx4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.StructuredOutput.Kind;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is made to hurt is handled or refused, in bounded time, memory and stack. The timeout only
/// tells something that ends from something that does not.
@Timeout(120)
class AdversarialTest {
  record Case(String name, Kind kind, String text) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static String many(int count, String separator, IntFunction<String> part) {
    return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining(separator));
  }

  static Case[] handled() {
    return new Case[] {
      new Case("catastrophic pattern", Kind.REGEX, "(a+)+b(a*)*c|(a|a)*d"),
      new Case("exponential automaton", Kind.REGEX, "(a|b)*a(a|b){200}"),
      new Case("nested counts", Kind.REGEX, "((a{1,20}){1,20}){1,20}b"),
      new Case("equal optional parts", Kind.REGEX, "a?".repeat(5_000) + "b"),
      new Case("large count", Kind.REGEX, "[a-z]{100000}x{0,999999}"),
      new Case("long alternation", Kind.REGEX, many(20_000, "|", i -> "word" + i)),
      new Case(
          "huge enum",
          Kind.JSON_SCHEMA,
          "{\"enum\":[" + many(50_000, ",", i -> "\"value " + i + "\"") + "]}"),
      new Case(
          "many optional properties",
          Kind.JSON_SCHEMA,
          "{\"properties\":{" + many(5_000, ",", i -> "\"p" + i + "\":{\"type\":\"null\"}") + "}}"),
      new Case(
          "many branches",
          Kind.JSON_SCHEMA,
          "{\"anyOf\":["
              + many(
                  400,
                  ",",
                  i -> "{\"properties\":{\"k\":{\"const\":" + i + "}},\"required\":[\"k\"]}")
              + "]}"),
      new Case(
          "deep recursion",
          Kind.GRAMMAR,
          "root ::= \"(\" root \")\" | \"[\" root \"]\" root? | \"a\""),
    };
  }

  @ParameterizedTest
  @MethodSource("handled")
  void isHandled(Case given) {
    CommonGrammar common = Vocabularies.random("ab()[]wordvalue 019\"x", 500, 5);
    TokenGrammar grammar = Compiled.of(common, given.kind, given.text);
    Expression state = grammar.start();
    SplittableRandom random = new SplittableRandom(1);
    for (int step = 0; step < 30 && !state.isComplete(); step++) {
      TokenSet allowed = grammar.allowed(state);
      int token = random.nextInt(common.trie().vocabSize());
      while (!allowed.has(token)) {
        token = (token + 1) % common.trie().vocabSize();
      }
      state = grammar.next(state, token);
      assertThat(state.isNothing()).isFalse();
    }
  }

  static Case[] refused() {
    return new Case[] {
      new Case("deep groups", Kind.REGEX, "(".repeat(10_000) + "a" + ")".repeat(10_000)),
      new Case("deep schema", Kind.JSON_SCHEMA, "{\"items\":".repeat(400) + "{}" + "}".repeat(400)),
      new Case(
          "product of alternatives",
          Kind.JSON_SCHEMA,
          "{\"allOf\":["
              + many(
                  12, ",", i -> "{\"anyOf\":[{\"minimum\":" + i + "},{\"maxLength\":" + i + "}]}")
              + "]}"),
      new Case(
          "costly intersection",
          Kind.JSON_SCHEMA,
          "{\"type\":\"string\",\"pattern\":\"a.{0,1000}b.{0,1000}c\",\"maxLength\":100000}"),
      new Case("optional calls", Kind.GRAMMAR, "root ::= " + "a ".repeat(5_000) + "\na ::= \"x\"?"),
      new Case("deep document", Kind.JSON_SCHEMA, "[".repeat(100_000)),
      new Case("deep grammar", Kind.GRAMMAR, "root ::= " + "(".repeat(10_000)),
    };
  }

  @ParameterizedTest
  @MethodSource("refused")
  void isRefused(Case given) {
    CommonGrammar common = Vocabularies.random("abx", 3, 5);
    assertThatThrownBy(() -> Compiled.of(common, given.kind, given.text))
        .isInstanceOf(InvalidRequestException.class);
  }
}
