package dev.dbrx4j.bench.load;

import java.util.SequencedMap;
import java.util.TreeMap;

/// How many tokens came in each second, for all users together.
final class ArrivalLog {
  private static final long SECOND = 1_000_000_000;

  private final long startNanos;
  private final SequencedMap<Integer, Integer> bySecond = new TreeMap<>();

  ArrivalLog(long startNanos) {
    this.startNanos = startNanos;
  }

  synchronized void add(long nanos, int tokens) {
    bySecond.merge((int) ((nanos - startNanos) / SECOND), tokens, Integer::sum);
  }

  /// {@return tokens of each second, from the start to the last second in which some came}
  synchronized double[] perSecond() {
    double[] counts = new double[bySecond.isEmpty() ? 0 : bySecond.lastEntry().getKey() + 1];
    bySecond.forEach((second, count) -> counts[second] = count);
    return counts;
  }
}
