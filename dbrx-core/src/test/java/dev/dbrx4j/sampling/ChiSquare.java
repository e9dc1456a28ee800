package dev.dbrx4j.sampling;

import java.util.Comparator;
import java.util.stream.IntStream;

/// Pearson's test of whether draws come from a distribution.
final class ChiSquare {
  /// Rarer outcomes are taken together until so many draws are expected of them.
  private static final double LEAST_EXPECTED = 10;

  private final double[] probabilities;

  /// @param probabilities by outcome
  ChiSquare(double... probabilities) {
    this.probabilities = probabilities;
  }

  /// Whether draws are as the distribution says, wrongly denied once in 10,000 times.
  boolean fits(int... draws) {
    int[] counts = new int[probabilities.length];
    for (int outcome : draws) {
      counts[outcome]++;
    }
    return IntStream.range(0, counts.length).allMatch(i -> counts[i] == 0 || probabilities[i] > 0)
        && statisticFits(counts, draws.length);
  }

  private boolean statisticFits(int[] counts, int draws) {
    int[] rarestFirst =
        IntStream.range(0, counts.length)
            .filter(i -> probabilities[i] > 0)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> probabilities[i]))
            .mapToInt(i -> i)
            .toArray();
    double statistic = 0;
    double left = draws;
    int cells = 0;
    double expected = 0;
    double counted = 0;
    for (int outcome : rarestFirst) {
      expected += draws * probabilities[outcome];
      counted += counts[outcome];
      boolean last = outcome == rarestFirst[rarestFirst.length - 1];
      if (last || (expected >= LEAST_EXPECTED && left - expected >= LEAST_EXPECTED)) {
        statistic += (counted - expected) * (counted - expected) / expected;
        left -= expected;
        cells++;
        expected = 0;
        counted = 0;
      }
    }
    return cells == 1 ? statistic < 1e-9 : statistic < bound(cells - 1);
  }

  /// The 99.99 % quantile of chi-square, by Wilson and Hilferty's approximation.
  private static double bound(int degrees) {
    double v = 2.0 / (9 * degrees);
    return degrees * Math.pow(1 - v + 3.719 * Math.sqrt(v), 3);
  }
}
