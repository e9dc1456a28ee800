package dev.dbrx4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationConfigTest {
  @TempDir private Path folder;

  private GenerationConfig read(String json) throws IOException {
    Files.writeString(folder.resolve("generation_config.json"), json.replace('\'', '"'));
    return GenerationConfig.read(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"[100257, 100279] | 100257,100279", "100257 | 100257", "null | ''", "[] | ''"})
  void endOfSequenceIsAListOrOneOrNone(String json, String expected) throws IOException {
    GenerationConfig config = read("{'eos_token_id': " + json + ", 'transformers_version': '4'}");

    assertThat(config.eosTokenIds().stream().map(String::valueOf))
        .containsExactly(expected.isEmpty() ? new String[0] : expected.split(","));
    assertThat(config.defaults()).isEqualTo(GenerationOptions.defaults());
  }

  @Test
  void samplingOptionsCountBesideDoSample() throws IOException {
    String options = "'temperature': 0.7, 'top_k': 20, 'top_p': 0.9, 'min_p': 0.1";

    assertThat(read("{'do_sample': true, " + options + "}").defaults())
        .isEqualTo(
            GenerationOptions.builder().temperature(0.7).topK(20).topP(0.9).minP(0.1).build());
    assertThat(read("{" + options + ", 'max_new_tokens': 9, 'repetition_penalty': 1.1}").defaults())
        .isEqualTo(GenerationOptions.builder().maxNewTokens(9).repetitionPenalty(1.1).build());
    assertThat(read("{'do_sample': true}").defaults().temperature()).isEqualTo(1);
  }

  @Test
  void withoutTheFileTheConfigNamesTheEnd() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"eos_token_id\": 5}");

    assertThat(GenerationConfig.read(folder).eosTokenIds()).containsExactly(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'eos_token_id': 'end'}              | eos_token_id is \"end\"",
        "{'eos_token_id': [1, -1]}            | eos_token_id is -1",
        "{'do_sample': true, 'top_p': 2}      | option topP is 2.0",
        "{'max_new_tokens': 0}                | option maxNewTokens is 0",
        "{'do_sample': 'no'}                  | do_sample is \"no\"",
      })
  void saysWhatIsWrong(String json, String complaint) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("generation_config.json")
        .hasMessageContaining(complaint);
  }
}
