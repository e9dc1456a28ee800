package dev.dbrx4j.bench.gpu;

import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import java.util.Arrays;
import java.util.Random;

/// Times passes of a runner, whatever it runs on.
///
/// @param runner what is measured
/// @param context tokens that a sequence has before
record PassTimes(ModelRunner runner, int context) {
  /// {@return tokens a second of prefills of the whole context}
  ///
  /// @param passes how many
  double[] prefill(int passes) {
    int[] tokens = tokens(context);
    runner.prefill(0, tokens, 0, LogitsRows.LAST); // the first chooses kernels
    double[] speeds = new double[passes];
    for (int i = 0; i < passes; i++) {
      long start = System.nanoTime();
      runner.prefill(0, tokens, 0, LogitsRows.LAST);
      speeds[i] = context * 1e9 / (System.nanoTime() - start);
    }
    return speeds;
  }

  /// {@return tokens a second of decode steps over sequences of the context}
  ///
  /// @param batch sequences in a step
  /// @param steps how many
  /// @param rows whether whole rows of logits are brought to the program
  double[] decode(int batch, int steps, boolean rows) {
    runner.prefill(0, tokens(context), 0, LogitsRows.NONE);
    for (int slot = 1; slot < batch; slot++) {
      runner.copySlot(0, slot, context);
    }
    int[] slots = new int[batch];
    Arrays.setAll(slots, i -> i);
    int[] positions = new int[batch];
    double[] speeds = new double[steps];
    int warmUp = 3; // among them the step that is recorded
    for (int step = -warmUp; step < steps; step++) {
      Arrays.fill(positions, context + warmUp + step);
      int[] tokens = tokens(batch);
      long start = System.nanoTime();
      Logits logits = runner.decode(slots, tokens, positions);
      if (rows) {
        logits.data();
      }
      if (step >= 0) {
        speeds[step] = batch * 1e9 / (System.nanoTime() - start);
      }
    }
    return speeds;
  }

  private int[] tokens(int count) {
    return new Random(count).ints(count, 0, runner.config().vocabSize()).toArray();
  }
}
