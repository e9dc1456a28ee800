package dev.dbrx4j.bench.tokenizer;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Measures one contestant in a JVM of its own: `Worker CONTESTANT FOLDER WARM_UP_MILLIS
/// MEASURE_MILLIS FILTER`. Prints a line for each case: name, megabytes a second of the thread's
/// CPU time, bytes allocated a byte of text, tokens.
final class Worker {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int SAMPLES = 5;

  /// Results go here, so that computing them cannot be left out.
  private static volatile @Nullable Object sink;

  private final long warmUpNanos;
  private final long measureNanos;

  private Worker(long warmUpMillis, long measureMillis) {
    this.warmUpNanos = warmUpMillis * 1_000_000;
    this.measureNanos = measureMillis * 1_000_000;
  }

  public static void main(String[] args) {
    Contestant.Tokenizer tokenizer =
        Contestant.valueOf(args[0]).open(new VocabularyFiles(Path.of(args[1])));
    Worker worker = new Worker(Long.parseLong(args[2]), Long.parseLong(args[3]));
    for (Workload workload : Workload.all()) {
      Workload.operations(workload)
          .filter(operation -> name(operation, workload).matches(args[4]))
          .forEach(operation -> worker.measure(tokenizer, operation, workload));
    }
  }

  private static String name(Workload.Operation operation, Workload workload) {
    return operation.name().toLowerCase(Locale.ROOT) + "." + workload.name();
  }

  private void measure(
      Contestant.Tokenizer tokenizer, Workload.Operation operation, Workload workload) {
    Runnable round = round(tokenizer, operation, workload.texts());
    run(round, warmUpNanos);
    long bytes = workload.utf8Bytes();
    List<Sample> samples = new ArrayList<>();
    for (long used = 0; used < measureNanos; used += samples.getLast().cpuNanos) {
      samples.add(run(round, measureNanos / SAMPLES));
    }
    double[] speeds = samples.stream().mapToDouble(s -> s.speed(bytes)).sorted().toArray();
    int tokens = workload.texts().stream().mapToInt(tokenizer::count).sum();
    System.out.printf(
        Locale.ROOT,
        "%s\t%.6g\t%.6g\t%d%n",
        name(operation, workload),
        speeds[speeds.length / 2],
        samples.getLast().allocation(bytes),
        tokens);
  }

  private static Runnable round(
      Contestant.Tokenizer tokenizer, Workload.Operation operation, List<String> texts) {
    return switch (operation) {
      case ENCODE -> () -> texts.forEach(text -> sink = tokenizer.encode(text));
      case COUNT -> () -> texts.forEach(text -> sink = tokenizer.count(text));
      case DECODE -> {
        List<Supplier<String>> decoders = texts.stream().map(tokenizer::decoder).toList();
        yield () -> decoders.forEach(decoder -> sink = decoder.get());
      }
    };
  }

  private record Sample(long rounds, long cpuNanos, long allocatedBytes) {
    double speed(long bytesOfRound) {
      return rounds * bytesOfRound * 1e3 / cpuNanos;
    }

    double allocation(long bytesOfRound) {
      return (double) allocatedBytes / rounds / bytesOfRound;
    }
  }

  /// Repeats a round, at least once, until it has used so much of this thread's CPU time.
  private static Sample run(Runnable round, long cpuNanos) {
    long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
    long start = THREADS.getCurrentThreadCpuTime();
    long used = 0;
    long rounds = 0;
    while (used < cpuNanos) {
      round.run();
      rounds++;
      used = THREADS.getCurrentThreadCpuTime() - start;
    }
    return new Sample(rounds, used, THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore);
  }
}
