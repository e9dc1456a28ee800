package dev.dbrx4j.bench.soak;

import dev.dbrx4j.bench.ProcessStatus;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Looks at this process's memory and threads from time to time.
final class ProcessWatch {
  private final List<Sample> samples = new ArrayList<>();

  /// What a process holds.
  ///
  /// @param heapMegabytes objects that a collection leaves
  /// @param residentMegabytes memory that is not a mapped file's; 0 where the system does not tell
  /// @param threads platform threads
  record Sample(double heapMegabytes, double residentMegabytes, int threads) {}

  Sample look() {
    System.gc();
    Sample sample =
        new Sample(
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6,
            ProcessStatus.bytes("RssAnon") / 1e6,
            ManagementFactory.getThreadMXBean().getThreadCount());
    samples.add(sample);
    return sample;
  }

  /// {@return samples of the second third of the time, or of the last}
  double[] third(int index, ToDoubleFunction<Sample> property) {
    int size = samples.size();
    return samples.subList(size * index / 3, size * (index + 1) / 3).stream()
        .mapToDouble(property)
        .toArray();
  }

  /// How much something has grown from the second third of the time to the last, median to median;
  /// the first third warms up.
  double growth(ToDoubleFunction<Sample> property) {
    return median(third(2, property)) - median(third(1, property));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
