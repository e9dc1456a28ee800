package dev.dbrx4j.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class JsonTreeTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[[], [1, [2]], {\"a\": {\"b\": [null]}}]",
        "{\"i\": 1, \"l\": 12345678901, \"b\": 123456789012345678901234567890, \"d\": -1.5e3, \"z\": 0.0}",
        "{\"t\": true, \"f\": false, \"n\": null, \"s\": \"\\u00e4\\n\\\"\", \"ä\": \"\\ud83d\\ude00\"}",
        " \"alone\" "
      })
  void readsWhatAMapperReads(String json) {
    assertThat(JsonTree.read(json.getBytes(UTF_8))).isEqualTo(JsonMapper.shared().readTree(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\": 1, \"a\": 2}",
        "{} {}",
        "{} x",
        "{\"a\": [1, 2",
        "[1, 2}",
        "{\"a\": NaN}",
        "{\"a\" 1}",
        "{,}",
        "'a'"
      })
  void refusesOtherText(String json) {
    assertThatThrownBy(() -> JsonTree.read(json.getBytes(UTF_8)))
        .isInstanceOf(JacksonException.class);
  }

  @Test
  void refusesDeepNesting() {
    byte[] deep = ("[".repeat(40) + "]".repeat(40)).getBytes(UTF_8);
    assertThatThrownBy(() -> JsonTree.read(deep)).isInstanceOf(JacksonException.class);
  }

  @Test
  void findsNothingInNothing() {
    assertThat(JsonTree.read(new byte[0])).isNull();
  }
}
