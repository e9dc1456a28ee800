package dev.dbrx4j.bench.engine;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.Prompt;
import dev.dbrx4j.bench.BenchReport.Better;
import dev.dbrx4j.bench.BenchReport.Row;
import dev.dbrx4j.bench.RandomText;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/// Tokens a second that a model generates for eight callers at once and for one alone, in turns.
final class Throughput {
  static final int CALLERS = 8;

  private static final int PROMPT_TOKENS = 32;
  private static final int NEW_TOKENS = 64;

  private final DbrxModel model;
  private final int rounds;
  private final DbrxTokenizer tokenizer;
  private final Random random = new Random(1);

  Throughput(DbrxModel model, int rounds) {
    this.model = model;
    this.rounds = rounds;
    this.tokenizer = model.tokenizer().orElseGet(DbrxTokenizer::bundled);
  }

  Row row() {
    double[] many = new double[rounds];
    double[] one = new double[rounds];
    tokensPerSecond(CALLERS); // warms up
    for (int round = 0; round < rounds; round++) {
      one[round] = tokensPerSecond(1);
      many[round] = tokensPerSecond(CALLERS);
    }
    return Row.against(
        "throughput." + CALLERS + "-callers", "tok/s", Better.HIGHER, many, "1 caller", one);
  }

  private double tokensPerSecond(int callers) {
    GenerationOptions options =
        GenerationOptions.builder().maxNewTokens(NEW_TOKENS).ignoreEos(true).build();
    List<Prompt> prompts = IntStream.range(0, callers).mapToObj(_ -> prompt()).toList();
    long start = System.nanoTime();
    int tokens =
        prompts.stream().map(prompt -> model.generateAsync(prompt, options)).toList().stream()
            .map(CompletableFuture::join)
            .mapToInt(result -> result.tokenIds().length)
            .sum();
    return tokens * 1e9 / (System.nanoTime() - start);
  }

  private Prompt prompt() {
    return Prompt.ids(RandomText.ids(tokenizer, PROMPT_TOKENS, random));
  }
}
