package dev.dbrx4j.bench.load;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/// Values in ascending order.
///
/// @param sorted the values
@SuppressWarnings("ArrayRecordComponent") // never compared, never written to
record Distribution(double[] sorted) {
  static Distribution of(DoubleStream values) {
    return new Distribution(values.sorted().toArray());
  }

  /// {@return the least value that so many hundredths of the values do not exceed; NaN without
  /// values}
  double percentile(double hundredths) {
    int rank = (int) Math.ceil(hundredths / 100 * sorted.length);
    return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, rank - 1)];
  }

  /// {@return points of the curve that tells which part of the values does not exceed what}
  double[][] curve() {
    double[][] points = new double[sorted.length][];
    Arrays.setAll(points, i -> new double[] {sorted[i], 100.0 * (i + 1) / sorted.length});
    return points;
  }
}
