package dev.dbrx4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizeCommandTest {
  @Test
  void idsComeSeparatedByCommas() {
    assertThat(Run.of("tokenize", "Hello, world").text()).isEqualTo("9906,11,1917\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "line\n", "\r\n\ttabs ", "Grüße, 世界 🌍", "<|im_end|>", "@file", "\u0000"})
  void standardInputCountsToItsLastByteAndComesBack(String text) {
    String ids = Run.withInput(text, "tokenize").text();
    assertThat(Run.withInput(ids, "detokenize").text()).isEqualTo(text);
  }

  @Test
  void detokenizeWritesBytesThatAreNoCharacterYet() {
    assertThat(Run.of("detokenize", "9468").out()).containsExactly(0xf0, 0x9f);
    assertThat(Run.of("detokenize", "[9468,", "234]").out()).startsWith(0xf0, 0x9f);
  }

  @Test
  void specialTokensAreTextUnlessAllowedOrRefused() {
    assertThat(Run.of("tokenize", "<|im_end|>").text()).isNotEqualTo("100279\n");
    assertThat(Run.of("tokenize", "--special", "allow", "<|im_end|>").text()).isEqualTo("100279\n");
    Run refused = Run.of("tokenize", "--special", "refuse", "a<|im_end|>");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("<|im_end|>").contains("character 1");
    assertThat(Run.of("detokenize", "100279").text()).isEqualTo("<|im_end|>");
  }

  @Test
  void jsonLinesAreAnsweredLineByLine() {
    String texts =
        """
        {"text": "Hello, world"}

        {"text": "\\ud800", "note": "ignored"}
        {"text": ""}
        """;
    String ids =
        """
        {"ids":[9906,11,1917]}
        {"ids":[5809]}
        {"ids":[]}
        """;
    assertThat(Run.withInput(texts, "tokenize", "--jsonl").text()).isEqualTo(ids);
    assertThat(Run.withInput(ids, "detokenize", "--jsonl").text())
        .isEqualTo("{\"text\":\"Hello, world\"}\n{\"text\":\"\ufffd\"}\n{\"text\":\"\"}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[]", "7", "{\"txt\": \"a\"}", "{\"text\": 7}"})
  void aBadJsonLineIsNamed(String line) {
    Run run = Run.withInput("{\"text\": \"fine\"}\n" + line + "\n", "tokenize", "--jsonl");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().startsWith("dbrx: line 2: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"ids\": 7}", "{\"ids\": [\"a\"]}", "{\"ids\": [-1]}", "{}"})
  void badIdsInJsonAreNamed(String line) {
    Run run = Run.withInput(line + "\n", "detokenize", "--jsonl");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err().lines()).singleElement().asString().startsWith("dbrx: line 1: ");
  }
}
