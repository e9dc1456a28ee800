package dev.dbrx4j.bench.sampling;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.BenchReport.Better;
import dev.dbrx4j.bench.BenchReport.Row;
import dev.dbrx4j.sampling.TokenSampler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures sampling and the masks of structured output.
@Command(
    name = "sampling",
    description = {
      "What picking a token from 100,352 logits costs, and finding the tokens that a JSON schema allows.",
      "Peers: one pass over the same logits that only finds the largest (greedy may take 2 times as long, temperature with top-k and top-p 4 times); 50 us in the median and 1 ms in the 99th percentile for a mask; 100 ms for compiling a schema of 100 fields."
    })
public final class SamplingCommand implements Callable<Integer> {
  static final int VOCAB_SIZE = 100_352;
  private static final int RUNS = 200;
  private static final int RESTART = 2_000;

  @Option(names = "--quick", description = "Fewer measurements.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
  private @Nullable Path json;

  private final MemorySegment logits = Arena.ofAuto().allocate(JAVA_FLOAT, VOCAB_SIZE);
  private final Stopwatch stopwatch = new Stopwatch(RUNS);
  private final BenchReport report = new BenchReport();

  /// For picocli.
  public SamplingCommand() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < VOCAB_SIZE; i++) {
      logits.setAtIndex(JAVA_FLOAT, i, (float) (3 * random.nextGaussian()));
    }
  }

  @Override
  public Integer call() {
    GenerationOptions.Builder options = GenerationOptions.builder().seed(1);
    progress("the first schema of a JVM");
    MaskCosts masks = addFirstSchema();
    progress("picking tokens");
    addPicks("greedy", options.temperature(0).build());
    addPicks("sample.topk50.topp95", options.temperature(0.7).topK(50).topP(0.95).build());
    addPicks("sample.all", options.topK(0).topP(1).build());
    progress("compiling schemas and finding masks");
    addMasks(masks);
    report.print(System.out);
    if (json != null) {
      report.writeJson(json);
    }
    return 0;
  }

  private static void progress(String what) {
    System.err.println("bench: " + what);
  }

  private void addPicks(String name, GenerationOptions options) {
    IntSupplier pick = picker(options);
    MaximumPass fastest = MaximumPass.FLOATS;
    double best = Double.POSITIVE_INFINITY;
    for (MaximumPass pass : MaximumPass.values()) {
      double[] times = rounds(watch -> watch.micros(() -> pass.run(logits, VOCAB_SIZE)));
      double median = median(times);
      fastest = median < best ? pass : fastest;
      best = Math.min(best, median);
    }
    rounds(watch -> watch.micros(pick));
    MaximumPass peer = fastest;
    int count = quick ? 15 : 60;
    double[] ours = new double[count];
    double[] theirs = new double[count];
    for (int i = 0; i < count; i++) {
      theirs[i] = stopwatch.micros(() -> peer.run(logits, VOCAB_SIZE));
      ours[i] = stopwatch.micros(pick);
    }
    report.add(Row.against(name, "us", Better.LOWER, ours, "one pass for the maximum", theirs));
    report.add(Row.of("allocated." + name, "B/token", rounds(watch -> watch.bytes(pick))));
  }

  /// Picks tokens, starting a new sequence now and then; the logits are not changed by it.
  private IntSupplier picker(GenerationOptions options) {
    return new IntSupplier() {
      private TokenSampler sampler = newSampler();
      private int picked;

      private TokenSampler newSampler() {
        return new TokenSampler(options, VOCAB_SIZE, new int[0], new int[] {1, 2, 3});
      }

      @Override
      public int getAsInt() {
        if (++picked % RESTART == 0) {
          sampler = newSampler();
        }
        return sampler.next(logits);
      }
    };
  }

  private double[] rounds(ToDoubleFunction<Stopwatch> measure) {
    return IntStream.range(0, quick ? 10 : 40)
        .mapToDouble(i -> measure.applyAsDouble(stopwatch))
        .toArray();
  }

  /// What the first structured requests of a JVM wait for: the vocabulary is sorted, and nothing is
  /// compiled yet.
  private MaskCosts addFirstSchema() {
    MaskCosts costs = new MaskCosts();
    report.add(Row.of("first.compile.100-fields", "ms", costs.compileMillis()));
    double[] steps = costs.stepMicros();
    report.add(Row.of("first.mask.median", "us", steps[steps.length / 2]));
    report.add(Row.of("first.mask.p99", "us", steps[steps.length * 99 / 100]));
    return costs;
  }

  private void addMasks(MaskCosts costs) {
    int warmUp = quick ? 5 : 15;
    int count = quick ? 5 : 25;
    double[] compile = new double[count];
    double[] medians = new double[count];
    double[] rare = new double[count];
    for (int i = -warmUp; i < count; i++) {
      double millis = costs.compileMillis();
      double[] steps = costs.stepMicros();
      if (i >= 0) {
        compile[i] = millis;
        medians[i] = steps[steps.length / 2];
        rare[i] = steps[steps.length * 99 / 100];
      }
    }
    report.add(limited("mask.median", "us", medians, 50));
    report.add(limited("mask.p99", "us", rare, 1_000));
    report.add(limited("compile.100-fields", "ms", compile, 100));
  }

  private static Row limited(String name, String unit, double[] samples, double limit) {
    double[] limits = new double[samples.length];
    Arrays.fill(limits, limit);
    return Row.against(name, unit, Better.LOWER, samples, "limit", limits);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
