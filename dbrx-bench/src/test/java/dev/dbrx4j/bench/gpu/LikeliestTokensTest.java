package dev.dbrx4j.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.BundleCache;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.onnx.runtime.Rehearsal;
import dev.dbrx4j.sampling.TokenSampler;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.RunnerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The graph for GPUs tells the likeliest tokens apart; what a sampler makes of them is what it
/// makes of whole rows.
class LikeliestTokensTest {
  private static final int TOKENS = 12;
  private static final int VOCAB_SIZE = GpuModels.MINIATURE.vocabSize();

  @TempDir static Path folder;

  private static ModelRunner runner;

  @BeforeAll
  static void open() throws IOException {
    GpuModels models = new GpuModels(folder, Precision.INT4, ProgressListener.none());
    Bundle bundle = models.miniature();
    OrtRuntime runtime = OrtRuntime.get(BundleCache.ofUser().folder());
    RunnerOptions options = RunnerOptions.defaults().withMaxContext(64);
    runner = Rehearsal.open(runtime, bundle, options, ElementType.FLOAT);
  }

  @AfterAll
  static void close() {
    runner.close();
  }

  static Stream<GenerationOptions> options() {
    GenerationOptions.Builder greedy = GenerationOptions.builder().temperature(0);
    GenerationOptions.Builder drawn = GenerationOptions.builder().seed(3).temperature(0.8).topK(0);
    return Stream.of(
        greedy.build(),
        greedy.repetitionPenalty(1.2).frequencyPenalty(0.2).build(),
        greedy.logprobs(3).build(),
        drawn.build(),
        drawn.topK(50).build(),
        drawn.topP(0.9).build(),
        drawn.topK(0).build(),
        drawn.topP(1).minP(0.1).presencePenalty(0.5).build());
  }

  @ParameterizedTest
  @MethodSource("options")
  void giveTheTokensOfWholeRows(GenerationOptions options) {
    int[] prompt = new Random(4).ints(12, 0, VOCAB_SIZE).toArray();
    assertThat(generate(options, prompt, true)).isEqualTo(generate(options, prompt, false));
  }

  private static int[] generate(GenerationOptions options, int[] prompt, boolean likeliest) {
    TokenSampler sampler = new TokenSampler(options, VOCAB_SIZE, new int[0], prompt);
    int[] tokens = new int[TOKENS];
    Logits logits = runner.prefill(0, prompt, 0, LogitsRows.LAST);
    assertThat(logits.likeliestCount()).isEqualTo(128);
    for (int i = 0; i < TOKENS; i++) {
      tokens[i] = likeliest ? sampler.next(logits, 0) : sampler.next(logits.row(0));
      logits = runner.decode(new int[1], new int[] {tokens[i]}, new int[] {prompt.length + i});
    }
    return tokens;
  }
}
