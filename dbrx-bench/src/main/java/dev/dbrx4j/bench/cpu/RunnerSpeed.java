package dev.dbrx4j.bench.cpu;

import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.ModelRunnerProvider;
import dev.dbrx4j.spi.RunnerOptions;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;

/// Times forward passes over random tokens.
final class RunnerSpeed implements AutoCloseable {
  private static final int STEP_TOKENS = 512;

  private final Random random = new Random(1);
  private final ModelRunner runner;

  /// @param slots sequences at once
  /// @param maxContext tokens that each may have
  RunnerSpeed(Path bundle, int threads, int slots, int maxContext) {
    RunnerOptions defaults = RunnerOptions.defaults();
    runner =
        ServiceLoader.load(ModelRunnerProvider.class)
            .findFirst()
            .orElseThrow()
            .open(
                bundle,
                new RunnerOptions(
                    slots,
                    OptionalInt.of(maxContext),
                    OptionalInt.of(threads),
                    defaults.device(),
                    STEP_TOKENS,
                    defaults.cacheFolder(),
                    defaults.precision(),
                    defaults.progress()));
    warmUp(slots);
  }

  /// Compiles what is measured.
  private void warmUp(int slots) {
    fill(slots, 64);
    long end = System.nanoTime() + 8_000_000_000L;
    while (System.nanoTime() < end) {
      decode(1, 64, 8);
      prefill(16);
    }
    if (slots > 1) {
      decode(slots, 64, 8);
    }
  }

  /// {@return tokens a second of a prompt, in steps of 512}
  double prefill(int tokens) {
    long start = System.nanoTime();
    fillSlot(0, tokens);
    return tokens * 1e9 / (System.nanoTime() - start);
  }

  /// Puts sequences into the cache.
  void fill(int slots, int context) {
    for (int slot = 0; slot < slots; slot++) {
      fillSlot(slot, context);
    }
  }

  private void fillSlot(int slot, int tokens) {
    for (int at = 0; at < tokens; at += STEP_TOKENS) {
      int count = Math.min(STEP_TOKENS, tokens - at);
      boolean last = at + count == tokens;
      runner.prefill(slot, tokens(count), at, last ? LogitsRows.LAST : LogitsRows.NONE);
    }
  }

  /// {@return tokens a second of all sequences together}
  ///
  /// @param slots sequences
  /// @param context tokens before the first step, which [#fill] has put there
  /// @param steps tokens of each
  double decode(int slots, int context, int steps) {
    int[] all = IntStream.range(0, slots).toArray();
    int[] positions = new int[slots];
    long start = System.nanoTime();
    for (int step = 0; step < steps; step++) {
      Arrays.fill(positions, context + step);
      runner.decode(all, tokens(slots), positions);
    }
    return (double) slots * steps * 1e9 / (System.nanoTime() - start);
  }

  private int[] tokens(int count) {
    return random.ints(count, 0, runner.config().vocabSize()).toArray();
  }

  @Override
  public void close() {
    runner.close();
  }
}
