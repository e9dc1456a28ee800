package dev.dbrx4j.bench;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.bench.BenchReport.Row;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.DbrxExporter;
import dev.dbrx4j.onnx.ExportOptions;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.ModelRunnerProvider;
import dev.dbrx4j.spi.RunnerOptions;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Exports and runs one layer of DBRX's size.
@Command(
    name = "layer",
    description = {
      "One layer of DBRX's true size (3.26 billion weights, expert tensors of 2,113,929,216 bytes)"
          + " with random weights: how fast it is exported, how long it takes to run, and the most"
          + " memory that either needs.",
      "Needs 10 GB of disk, in the folder for temporary files or in --folder; fails if the logits"
          + " are not finite or a token alone gets others than in a prompt."
    })
final class LayerCommand implements Callable<Integer> {
  private static final int PROMPT = 64;

  /// Logits have a deviation of about one; int8 activations move them by about a hundredth of it.
  private static final double TOLERANCE = 0.1;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      defaultValue = "INT4",
      description = "INT8 or INT4 (default: ${DEFAULT-VALUE}).")
  private WeightType type = WeightType.INT4;

  @Option(
      names = "--block",
      paramLabel = "N",
      defaultValue = "32",
      description = "Numbers that share a scale (default: ${DEFAULT-VALUE}).")
  private int block;

  @Option(names = "--threads", paramLabel = "N", description = "Threads of the export.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--folder", paramLabel = "DIR", description = "Where to write; emptied after.")
  private @Nullable Path parent;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
  private @Nullable Path json;

  private final BenchReport report = new BenchReport();

  @Override
  public Integer call() throws IOException {
    Path folder =
        parent == null
            ? Files.createTempDirectory("dbrx-layer")
            : Files.createTempDirectory(parent, "dbrx-layer");
    try {
      Path checkpoint = folder.resolve("checkpoint");
      System.err.println("writing the weights");
      new RandomCheckpoint(config(), RandomWeights.NORMAL, 1, Long.MAX_VALUE).write(checkpoint);
      Bundle bundle = export(checkpoint, folder.resolve("bundle"));
      Folders.delete(checkpoint);
      run(bundle);
    } finally {
      Folders.delete(folder);
    }
    report.print(System.out);
    if (json != null) {
      report.writeJson(json);
    }
    return 0;
  }

  private static DbrxConfig config() {
    DbrxConfig dbrx = Geometries.named("dbrx");
    return new DbrxConfig(
        dbrx.dModel(),
        dbrx.nHeads(),
        dbrx.nKvHeads(),
        1,
        2048,
        1024,
        dbrx.clipQkv(),
        dbrx.ropeTheta(),
        dbrx.ffnHiddenSize(),
        dbrx.nExperts(),
        dbrx.topK(),
        dbrx.expertWeightNorm(),
        dbrx.activation());
  }

  private Bundle export(Path checkpoint, Path target) throws IOException {
    System.err.println("exporting");
    Precision precision = Precision.of(type).withBlock(block);
    long bytes = Files.size(checkpoint.resolve("model.safetensors"));
    long start = System.nanoTime();
    Bundle bundle =
        DbrxExporter.export(
            checkpoint,
            target,
            ExportOptions.defaults().withPrecision(precision).withThreads(threads));
    double seconds = (System.nanoTime() - start) / 1e9;
    report.add(Row.of("export.speed", "MB/s a thread", bytes / 1e6 / seconds / threads));
    report.add(Row.of("export.peak memory", "MB", ProcessStatus.bytes("VmHWM") / 1e6));
    report.add(Row.of("bundle.weights", "MB", bundle.weightBytes() / 1e6));
    return bundle;
  }

  private void run(Bundle bundle) throws IOException {
    System.err.println("running");
    long start = System.nanoTime();
    RunnerOptions options = RunnerOptions.defaults().withMaxContext(2 * PROMPT);
    try (ModelRunner runner = runner().open(bundle.folder(), options)) {
      report.add(Row.of("run.load", "s", (System.nanoTime() - start) / 1e9));
      int[] tokens = new Random(1).ints(PROMPT, 0, bundle.config().vocabSize()).toArray();
      start = System.nanoTime();
      float[] together = last(runner.prefill(0, tokens, 0, LogitsRows.LAST));
      report.add(Row.of("run.prefill." + PROMPT, "ms", (System.nanoTime() - start) / 1e6));
      double[] times = new double[9];
      float[] alone = together;
      for (int i = 0; i < times.length; i++) {
        start = System.nanoTime();
        alone =
            last(
                runner.decode(
                    new int[] {0}, new int[] {tokens[PROMPT - 1]}, new int[] {PROMPT - 1}));
        times[i] = (System.nanoTime() - start) / 1e6;
      }
      report.add(Row.of("run.decode", "ms", times));
      report.add(Row.of("run.resident", "MB", ProcessStatus.bytes("VmRSS") / 1e6));
      report.add(Row.of("run.peak memory", "MB", ProcessStatus.bytes("VmHWM") / 1e6));
      check(together, alone);
    }
  }

  private static ModelRunnerProvider runner() {
    return ServiceLoader.load(ModelRunnerProvider.class).findFirst().orElseThrow();
  }

  private static float[] last(Logits logits) {
    return logits.row(0).toArray(ValueLayout.JAVA_FLOAT);
  }

  private void check(float[] together, float[] alone) {
    double worst = 0;
    for (int i = 0; i < together.length; i++) {
      double difference = Math.abs(together[i] - alone[i]);
      worst = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(worst, difference);
    }
    report.add(Row.of("run.difference", "", worst));
    if (worst > TOLERANCE) {
      throw new IllegalStateException("a token alone gets logits that differ by " + worst);
    }
  }
}
