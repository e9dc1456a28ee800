package dev.dbrx4j.bench.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Looks at this process's memory and threads from time to time.
final class ProcessWatch {
  private static final Path STATUS = Path.of("/proc/self/status");

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
            residentMegabytes(),
            ManagementFactory.getThreadMXBean().getThreadCount());
    samples.add(sample);
    return sample;
  }

  private static double residentMegabytes() {
    if (!Files.exists(STATUS)) {
      return 0;
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) * 1024 / 1e6)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
