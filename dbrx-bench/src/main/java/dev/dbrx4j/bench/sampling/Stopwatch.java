package dev.dbrx4j.bench.sampling;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.IntSupplier;

/// Times short work, many runs at a time.
final class Stopwatch {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final int runs;

  @SuppressWarnings("UnusedVariable") // written so that the work must be done
  private volatile int kept;

  /// @param runs how often work is run for one measurement
  Stopwatch(int runs) {
    this.runs = runs;
  }

  /// Microseconds that one run takes.
  double micros(IntSupplier work) {
    long start = System.nanoTime();
    repeat(work);
    return (System.nanoTime() - start) / 1e3 / runs;
  }

  /// Bytes that one run allocates.
  double bytes(IntSupplier work) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    repeat(work);
    return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / runs;
  }

  private void repeat(IntSupplier work) {
    int sum = 0;
    for (int i = 0; i < runs; i++) {
      sum += work.getAsInt();
    }
    kept = sum;
  }
}
