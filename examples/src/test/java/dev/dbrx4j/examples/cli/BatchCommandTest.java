package dev.dbrx4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BatchCommandTest {
  @TempDir private Path folder;

  @Test
  void everyPromptIsContinuedWithEveryCombination() throws Exception {
    Path file = Files.writeString(folder.resolve("prompts"), "The sea\n###\nThe old man\n###\n\n");
    Path metrics = folder.resolve("metrics");
    Run run =
        batch(
            ("-p;Once upon a time;file::"
                    + file
                    + ";--prompt-delimiter;###;--max-batch-size;2;"
                    + "--temperature;0;0.9;--seed;1;2;-n;6;--metrics;"
                    + metrics)
                .split(";"));

    assertThat(run.exit()).as(run.err()).isZero();
    List<JsonNode> answers = json(run.text().lines());
    assertThat(answers).hasSize(3 * 4);
    assertThat(answers.stream().map(answer -> answer.get("prompt").asString()).distinct())
        .containsExactly("Once upon a time", "The sea", "The old man");
    assertThat(texts(answers, 0, 1)).isEqualTo(texts(answers, 0, 2)); // greedy: no seed matters
    assertThat(texts(answers, 0.9, 1)).isNotEqualTo(texts(answers, 0.9, 2));
    assertThat(texts(answers, 0, 1).getFirst()).isEqualTo(generated("Once upon a time"));

    List<JsonNode> batches = json(Files.readAllLines(metrics).stream());
    assertThat(batches).hasSize(2 * 4);
    assertThat(batches.stream().map(batch -> batch.get("bs").asInt()))
        .containsExactly(2, 1, 2, 1, 2, 1, 2, 1);
    assertThat(batches).allSatisfy(BatchCommandTest::assertConsistent);
  }

  private static void assertConsistent(JsonNode batch) {
    int tokens = batch.get("output_tokens").valueStream().mapToInt(JsonNode::asInt).sum();
    double total = batch.get("total_latency").asDouble();
    assertThat(batch.get("total_output_tokens").asInt()).isEqualTo(tokens).isPositive();
    assertThat(batch.get("input_tokens").size()).isEqualTo(batch.get("bs").asInt());
    assertThat(batch.get("encode_latency").asDouble() + batch.get("gen_latency").asDouble())
        .isCloseTo(total, within(1e-6));
    assertThat(batch.get("output_tok_per_sec").asDouble())
        .isCloseTo(1000 * tokens / total, within(1e-6));
  }

  private static List<String> texts(List<JsonNode> answers, double temperature, int seed) {
    return answers.stream()
        .filter(answer -> answer.at("/options/temperature").asDouble() == temperature)
        .filter(answer -> answer.at("/options/seed").asInt() == seed)
        .map(answer -> answer.get("text").asString())
        .toList();
  }

  private static String generated(String prompt) {
    return Run.of("generate", "-m", Run.TINY, "-n", "6", "--greedy", prompt)
        .text()
        .replaceFirst("\n$", "");
  }

  private static List<JsonNode> json(Stream<String> lines) {
    return lines.map(JsonMapper.shared()::readTree).toList();
  }

  @Test
  void metricsGoToStandardErrorUnlessTheyHaveAFile() {
    Run run = batch("-p", "The sea", "-n", "2");
    assertThat(run.err()).contains("\"output_tok_per_sec\":");
  }

  @Test
  void filesWithoutPromptsAreRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("prompts"), "\n###\n");
    Run run = batch("-p", "file::" + file, "--prompt-delimiter", "###");
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err()).contains("no prompt");
  }

  private static Run batch(String... arguments) {
    return Run.of(
        Stream.concat(Stream.of("batch", "-m", Run.TINY), Stream.of(arguments))
            .toArray(String[]::new));
  }
}
