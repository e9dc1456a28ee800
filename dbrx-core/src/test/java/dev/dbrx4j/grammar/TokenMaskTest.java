package dev.dbrx4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.StructuredOutput.Kind;
import dev.dbrx4j.StructuredOutput.Whitespace;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The set of allowed tokens is exactly that of tokens whose bytes, run one by one, lead to a state
/// that can still be completed, within the tokens left.
class TokenMaskTest {
  record Case(Kind kind, String text) {}

  static Case[] cases() {
    return new Case[] {
      new Case(Kind.REGEX, "(a|b)*abb?c{2,5}"),
      new Case(Kind.REGEX, "[ab]{3,40}x|.*é.{2}"),
      new Case(Kind.REGEX, "(?:ab|a|bab)+\"?[^a]*"),
      new Case(Kind.CHOICE, "a"),
      new Case(Kind.GRAMMAR, "root ::= \"a\" root \"b\" | \"ba\"* | \"[\" root \"]\" root"),
      new Case(Kind.GRAMMAR, "root ::= s* \nt ::= \"a\" t | \"\\\"\" \ns ::= t | \"b\" s \"a\""),
      new Case(Kind.JSON_SCHEMA, "{}"),
      new Case(
          Kind.JSON_SCHEMA,
          """
          {"type":"object","properties":{"a":{"type":"string","minLength":2,"maxLength":7},
           "ab":{"type":"array","items":{"anyOf":[{"type":"string","maxLength":3},{"type":"integer"},{"$ref":"#"}]}},
           "b":{"type":"string","pattern":"^[ab]+$"}},"additionalProperties":{"type":"null"},"required":["a"]}
          """),
      new Case(
          Kind.JSON_SCHEMA,
          """
          {"anyOf":[{"type":"string","maxLength":2},{"type":"string","minLength":4},{"enum":["a","ab","b\\""]}]}
          """),
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allowsExactlyTheTokensThatLeadOn(Case given) {
    for (Whitespace whitespace : Whitespace.values()) {
      CommonGrammar common = Vocabularies.random("aaabbbc\"\"{}[]:,1 é", 2_000, 1);
      TokenGrammar grammar = Compiled.of(common, given.kind, whitespace, given.text);
      SplittableRandom random = new SplittableRandom(11);
      for (int text = 0; text < 25; text++) {
        follow(grammar, common.trie(), random);
      }
    }
  }

  private static void follow(TokenGrammar grammar, TokenTrie trie, SplittableRandom random) {
    Expression state = grammar.start();
    for (int step = 0; step < 12 && !state.isComplete(); step++) {
      int left = random.nextBoolean() ? 1_000 : state.shortest + random.nextInt(4);
      TokenSet allowed = grammar.allowed(state, left);
      TokenSet all = grammar.allowed(state);
      int pick = -1;
      int seen = 0;
      for (int token = 0; token < trie.vocabSize(); token++) {
        Expression next = grammar.next(state, token);
        assertThat(all.has(token)).as("token %d", token).isEqualTo(!next.isNothing());
        assertThat(allowed.has(token))
            .as("token %d with %d left", token, left)
            .isEqualTo(!next.isNothing() && next.shortest <= left);
        if (!next.isNothing() && random.nextInt(++seen) == 0) {
          pick = token;
        }
      }
      assertThat(pick).isNotNegative();
      state = grammar.next(state, pick);
    }
  }
}
