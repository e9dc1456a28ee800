package dev.dbrx4j.bench.gpu;

import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/// How far two runners of the same weights are apart.
///
/// @param largest the largest difference of two logits
/// @param sameChoice share of positions at which both would choose the same token
record Agreement(double largest, double sameChoice) {
  /// Compares logits at every position of a prompt.
  static Agreement of(ModelRunner a, ModelRunner b, int tokens) {
    int[] prompt = new Random(7).ints(tokens, 0, a.config().vocabSize()).toArray();
    Logits first = a.prefill(0, prompt, 0, LogitsRows.ALL);
    Logits second = b.prefill(0, prompt, 0, LogitsRows.ALL);
    double largest = 0;
    int same = 0;
    for (int row = 0; row < tokens; row++) {
      float[] x = first.row(row).toArray(ValueLayout.JAVA_FLOAT);
      float[] y = second.row(row).toArray(ValueLayout.JAVA_FLOAT);
      same += highest(x) == highest(y) ? 1 : 0;
      for (int i = 0; i < x.length; i++) {
        double difference = Math.abs(x[i] - y[i]);
        largest =
            Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
      }
    }
    return new Agreement(largest, (double) same / tokens);
  }

  private static int highest(float[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }
}
