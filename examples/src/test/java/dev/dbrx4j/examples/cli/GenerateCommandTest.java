package dev.dbrx4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GenerateCommandTest {
  private static final String PROMPT = "Once upon a time";

  @Test
  void theDefaultModelIsAnnouncedAndItsTextIsAllOfTheOutput() {
    Run run = Run.of("generate", "-n", "8", PROMPT);
    assertThat(run.exit()).isZero();
    assertThat(run.err().lines()).singleElement().asString().contains("tiny default model");
    assertThat(run.text()).endsWith("\n").hasSizeGreaterThan(8);
  }

  @Test
  void promptFromArgumentInputAndIdsGiveTheSame(@TempDir Path folder) throws Exception {
    String ids = Run.of("tokenize", PROMPT).text().strip();
    Path file = Files.writeString(folder.resolve("prompt.ids"), "[" + ids + "]\n");
    String expected = tiny(PROMPT).text();
    assertThat(Run.withInput(PROMPT + "\n", "generate", "-m", Run.TINY, "-n", "8").text())
        .isEqualTo(expected);
    assertThat(tiny("--ids", ids).text()).isEqualTo(expected);
    assertThat(tiny("--ids", "@" + file).text()).isEqualTo(expected);
  }

  @Test
  void printedIdsAreThoseOfTheText() {
    String ids = tiny("--print-ids", PROMPT).text();
    assertThat(ids).matches("(\\d+,){7}\\d+\n");
    assertThat(Run.withInput(ids, "detokenize").text() + "\n").isEqualTo(tiny(PROMPT).text());
  }

  @Test
  void aSeedRepeatsAndAnotherDiffers() {
    List<String> texts =
        List.of("1", "1", "2").stream()
            .map(seed -> tiny("--temperature", "1.5", "--seed", seed, PROMPT).text())
            .toList();
    assertThat(texts.get(0)).isEqualTo(texts.get(1)).isNotEqualTo(texts.get(2));
    assertThat(tiny("--top-p", "0.9", "--greedy", PROMPT).text()).isEqualTo(tiny(PROMPT).text());
  }

  @Test
  void theTextIsWhatItMustBe(@TempDir Path folder) throws Exception {
    assertThat(tiny("--regex", "[a-f]{2}[0-9]", PROMPT).text()).matches("[a-f]{2}[0-9]\n");
    assertThat(tiny("--choice", "red", "--choice", "blue", PROMPT).text()).isIn("red\n", "blue\n");
    Path schema = Files.writeString(folder.resolve("schema.json"), "{\"type\":\"boolean\"}");
    assertThat(tiny("--json-schema", schema.toString(), PROMPT).text()).isIn("true\n", "false\n");
    Path grammar = Files.writeString(folder.resolve("grammar.gbnf"), "root ::= \"<\" [xy] \">\"");
    assertThat(tiny("--grammar", grammar.toString(), PROMPT).text()).matches("<[xy]>\n");
  }

  @Test
  void stopTextsEndTheAnswerBeforeThem() {
    String whole = tiny(PROMPT).text().strip();
    String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 3);
    assertThat(tiny("--stop", "never said", "--stop", stop, PROMPT).text().strip())
        .isEqualTo(whole.substring(0, whole.indexOf(stop)).strip());
  }

  @Test
  void timingsGoToStandardError() {
    Run run = tiny("--timings", PROMPT);
    assertThat(run.text()).isEqualTo(tiny(PROMPT).text());
    assertThat(run.err())
        .contains("prompt 4 tokens")
        .contains("answer 8 tokens")
        .contains("LENGTH");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nano-f32", "nano-f32/sharded", "micro-bf16"})
  void greedyIdsAreTheReferences(String model) {
    Path folder = Run.GOLDEN.resolve(model);
    Path golden = Run.GOLDEN.resolve(model.replace("/sharded", "")).resolve("golden.json");
    for (JsonNode prompt : JsonMapper.shared().readTree(golden).get("prompts")) {
      JsonNode ids = prompt.get("greedy").get("ids");
      Run run =
          Run.of(
              "generate",
              "--model=" + folder,
              "--ids=" + prompt.get("input_ids"),
              "--greedy",
              "--ignore-eos",
              "--print-ids",
              "--max-new-tokens=" + ids.size());
      assertThat("[" + run.text().strip() + "]").isEqualTo(ids.toString());
    }
  }

  @Test
  void aModelWithoutTokenizerNeedsIds() {
    String nano = Run.GOLDEN.resolve("nano-f32").toString();
    Run run = Run.of("generate", "--model", nano, "--ids", "1,2,3");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("--print-ids");
    assertThat(Run.of("generate", "--model", nano, "text").err()).contains("token ids");
  }

  private static Run tiny(String... args) {
    List<String> line = new java.util.ArrayList<>(List.of("generate", "-m", Run.TINY, "-n", "8"));
    line.addAll(List.of(args));
    return Run.of(line.toArray(String[]::new));
  }
}
