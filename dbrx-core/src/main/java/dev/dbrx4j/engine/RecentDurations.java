package dev.dbrx4j.engine;

import dev.dbrx4j.ModelStats.Percentiles;
import java.time.Duration;
import java.util.Arrays;

/// The last thousand of some durations.
final class RecentDurations {
  private final long[] nanos = new long[1000];
  private int count;

  void add(Duration duration) {
    nanos[count++ % nanos.length] = duration.toNanos();
  }

  Percentiles percentiles() {
    long[] sorted = Arrays.copyOf(nanos, Math.min(count, nanos.length));
    Arrays.sort(sorted);
    return new Percentiles(
        percentile(sorted, 0.5), percentile(sorted, 0.9), percentile(sorted, 0.99));
  }

  /// The least value that so large a part of the values does not exceed.
  private static Duration percentile(long[] sorted, double part) {
    int rank = (int) Math.ceil(part * sorted.length);
    return Duration.ofNanos(sorted.length == 0 ? 0 : sorted[rank - 1]);
  }
}
