package dev.dbrx4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.StructuredOutput.Kind;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// With any number of tokens from the least on, a text comes to its end in time.
class LengthLimitTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "JSON_SCHEMA ; {}",
        "JSON_SCHEMA ; {\"properties\":{\"long name\":{\"type\":\"string\"},\"b\":{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}}},\"required\":[\"long name\"]}",
        "REGEX ; (ab|[^a]{3})*é{2}",
        "GRAMMAR ; root ::= \"[\" (root (\",\" root)*)? \"]\" | \"{\" root \"}\" | \"0\"",
      })
  void textsAreClosedInTime(Kind kind, String text) {
    CommonGrammar common = Vocabularies.random("aab\"\"{}[],: long name", 800, 9);
    TokenGrammar grammar = Compiled.of(common, kind, text);
    SplittableRandom random = new SplittableRandom(4);
    RandomText texts = new RandomText(grammar, common.trie(), random);
    for (int room = grammar.shortest(); room < grammar.shortest() + 40; room++) {
      for (int i = 0; i < 20; i++) {
        Optional<String> written = texts.next(room);
        assertThat(written).as("%d tokens", room).isPresent();
        assertThat(Compiled.matches(kind, text, written.get())).as(written.get()).isTrue();
      }
    }
  }
}
