package dev.dbrx4j.bench.quality;

import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// How far one model's predictions are from another's, at every position of some sequences.
///
/// @param divergence for each sequence the mean of KL(exact || approximate), in nats
/// @param agreement share of the positions where both think the same token likeliest
/// @param perplexity of the approximate model
@SuppressWarnings("ArrayRecordComponent") // never compared
record Comparison(double[] divergence, double agreement, double perplexity) {
  static Comparison of(ModelRunner exact, ModelRunner approximate, List<int[]> sequences) {
    double[] divergence = new double[sequences.size()];
    long positions = 0;
    long agreeing = 0;
    long predicted = 0;
    double surprise = 0;
    for (int s = 0; s < divergence.length; s++) {
      int[] tokens = sequences.get(s);
      Logits p = exact.prefill(0, tokens, 0, LogitsRows.ALL);
      Logits q = approximate.prefill(0, tokens, 0, LogitsRows.ALL);
      for (int row = 0; row < tokens.length; row++) {
        double[] exactLogs = logProbabilities(p, row);
        double[] logs = logProbabilities(q, row);
        divergence[s] += divergence(exactLogs, logs) / tokens.length;
        agreeing += likeliest(exactLogs) == likeliest(logs) ? 1 : 0;
        positions++;
        if (row + 1 < tokens.length) {
          surprise -= logs[tokens[row + 1]];
          predicted++;
        }
      }
    }
    return new Comparison(
        divergence, (double) agreeing / positions, Math.exp(surprise / predicted));
  }

  private static double divergence(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Math.exp(p[i]) * (p[i] - q[i]);
    }
    return sum;
  }

  private static int likeliest(double[] logs) {
    int best = 0;
    for (int i = 1; i < logs.length; i++) {
      best = logs[i] > logs[best] ? i : best;
    }
    return best;
  }

  private static double[] logProbabilities(Logits logits, int row) {
    float[] scores = logits.row(row).toArray(ValueLayout.JAVA_FLOAT);
    double most = Double.NEGATIVE_INFINITY;
    for (float score : scores) {
      most = Math.max(most, score);
    }
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp(score - most);
    }
    double shift = most + Math.log(sum);
    double[] logs = new double[scores.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = scores[i] - shift;
    }
    return logs;
  }
}
