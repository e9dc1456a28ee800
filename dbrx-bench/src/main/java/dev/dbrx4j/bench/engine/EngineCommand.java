package dev.dbrx4j.bench.engine;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.BenchReport.Better;
import dev.dbrx4j.bench.BenchReport.Row;
import dev.dbrx4j.bench.ModelFlags;
import dev.dbrx4j.bench.jmh.EngineBenchmark;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Measures the engine.
@Command(
    name = "engine",
    description = {
      "What serving many callers brings and costs: eight callers at once against one alone, how fast a prefill under way is cancelled, and the engine's own cost for each token.",
      "Peers: one caller; the 200 ms that a cancellation may take; the 50 us that a token may cost."
    })
public final class EngineCommand implements Callable<Integer> {
  private static final double CANCEL_LIMIT_MILLIS = 200;
  private static final double TOKEN_LIMIT_MICROS = 50;

  @Mixin private ModelFlags model = new ModelFlags();

  @Option(names = "--quick", description = "Fewer and shorter measurements.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
  private @Nullable Path json;

  /// For picocli.
  public EngineCommand() {}

  @Override
  public Integer call() throws RunnerException, InterruptedException {
    BenchReport report = new BenchReport();
    progress("serving callers");
    try (DbrxModel served = DbrxModel.builder().slots(Throughput.CALLERS).load(model.folder())) {
      report.add(new Throughput(served, quick ? 3 : 9).row());
    }
    progress("cancelling prefills");
    Cancellation cancellation = new Cancellation(model.folder(), quick ? 5 : 25);
    report.add(limited("cancel.prefill", "ms", cancellation.latencies(), CANCEL_LIMIT_MILLIS));
    progress("measuring the engine's own cost");
    for (RunResult result : engineAlone()) {
      String name = result.getPrimaryResult().getLabel();
      report.add(limited("cost." + name, "us", scores(result), TOKEN_LIMIT_MICROS));
    }
    report.print(System.out);
    if (json != null) {
      report.writeJson(json);
    }
    return 0;
  }

  private static void progress(String what) {
    System.err.println("bench: " + what);
  }

  private static Row limited(String name, String unit, double[] samples, double limit) {
    double[] limits = new double[samples.length];
    Arrays.fill(limits, limit);
    return Row.against(name, unit, Better.LOWER, samples, "limit", limits);
  }

  private Collection<RunResult> engineAlone() throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include(EngineBenchmark.class.getName())
                .forks(1)
                .warmupIterations(quick ? 2 : 5)
                .measurementIterations(quick ? 3 : 10)
                .warmupTime(TimeValue.seconds(1))
                .measurementTime(TimeValue.seconds(1))
                .verbosity(VerboseMode.SILENT)
                .build())
        .run();
  }

  private static double[] scores(RunResult result) {
    return result.getAggregatedResult().getIterationResults().stream()
        .map(IterationResult::getPrimaryResult)
        .mapToDouble(each -> each.getScore())
        .toArray();
  }
}
