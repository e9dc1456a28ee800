package dev.dbrx4j.bench.cpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// How fast threads can read memory that no cache holds: the bound of a decode step, which reads
/// every active weight once.
final class Bandwidth implements AutoCloseable {
  private static final long BYTES = 512L << 20;

  private final int threads;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory = arena.allocate(BYTES);
  private final ExecutorService pool;

  Bandwidth(int threads) {
    this.threads = threads;
    pool = Executors.newFixedThreadPool(threads);
    memory.fill((byte) 1);
    gigabytesPerSecond(); // compiles
  }

  /// {@return 10^9 bytes a second, of one pass over the memory}
  double gigabytesPerSecond() {
    List<Callable<Long>> parts = new ArrayList<>();
    long part = BYTES / threads / 64 * 64;
    for (int i = 0; i < threads; i++) {
      MemorySegment slice = memory.asSlice(i * part, part);
      parts.add(() -> sum(slice));
    }
    long start = System.nanoTime();
    try {
      long sum = 0;
      for (var done : pool.invokeAll(parts)) {
        sum += done.get();
      }
      if (sum == 0) {
        throw new IllegalStateException("memory lost its contents");
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
    return (double) part * threads / (System.nanoTime() - start);
  }

  /// The compiler turns the loop into vector loads.
  private static long sum(MemorySegment slice) {
    long sum = 0;
    for (long at = 0; at < slice.byteSize(); at += Long.BYTES) {
      sum += slice.get(JAVA_LONG, at);
    }
    return sum;
  }

  @Override
  public void close() {
    pool.shutdownNow();
    arena.close();
  }
}
