package dev.dbrx4j.bench.gpu;

import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.bench.Folders;
import dev.dbrx4j.onnx.BundleCache;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures DBRX on GPUs.
@Command(
    name = "gpu",
    description = {
      "DBRX on NVIDIA GPUs: what it needs, whether it is right, how fast it is against the memory's bandwidth, and the load test of its announcement.",
      "The speed is that of DBRX's geometry and 40 layers, which share the weights of one: a small file, of which the GPU makes 40 copies, so that each step moves the bytes of the whole model.",
      "With --dry-run everything that needs no GPU: the true graph is written and checked, plans are printed, and a miniature goes through all measurements on the processor."
    })
public final class GpuCommand implements Callable<Integer> {
  /// What can be done.
  enum Part {
    LIBRARIES,
    GRAPH,
    PLAN,
    AGREEMENT,
    SPEED,
    LOAD
  }

  @Option(names = "--dry-run", description = "Do what needs no GPU.")
  private boolean dryRun;

  @Option(
      names = "--part",
      paramLabel = "NAME",
      split = ",",
      description = "Only these, of ${COMPLETION-CANDIDATES} (default: all).")
  private List<Part> parts = List.of();

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cuda:0",
      description = "Such as cuda:0 or cuda:0,1 (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets the default
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "INT4",
      description = "INT4 or INT8 (default: ${DEFAULT-VALUE}).")
  @SuppressWarnings("NullAway.Init") // picocli sets the default
  private Precision.WeightType precision;

  @Option(
      names = "--dense",
      paramLabel = "NAME",
      description =
          "Type of all but the experts' matrices, BF16, INT8 or INT4; the precision's own unless given.")
  private Precision.@Nullable WeightType dense;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "Where models are made and kept; a temporary folder unless given.")
  private @Nullable Path work;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
  private @Nullable Path json;

  @Option(names = "--report", paramLabel = "FILE", description = "Write a report in Markdown.")
  private @Nullable Path report;

  /// For picocli.
  public GpuCommand() {}

  @Override
  public Integer call() throws IOException {
    Path folder = work == null ? Files.createTempDirectory("dbrx-gpu") : work;
    try {
      return run(Files.createDirectories(folder));
    } finally {
      if (work == null) {
        Folders.delete(folder);
      }
    }
  }

  private int run(Path folder) throws IOException {
    Set<Part> wanted = parts.isEmpty() ? EnumSet.allOf(Part.class) : EnumSet.copyOf(parts);
    GpuReport told = new GpuReport(System.out);
    OrtRuntime runtime = OrtRuntime.get(BundleCache.ofUser().folder());
    Precision stored = Precision.of(precision);
    stored = dense == null ? stored : stored.withDense(dense);
    GpuModels models = new GpuModels(folder, stored, ProgressListener.none());
    GpuTrial trial = new GpuTrial(runtime, models, told, dryRun, device);
    int failures = 0;
    for (Part part : wanted) {
      boolean good =
          switch (part) {
            case LIBRARIES -> trial.libraries();
            case GRAPH -> trial.graph();
            case PLAN -> trial.plan();
            case AGREEMENT -> trial.agreement();
            case SPEED -> trial.speed();
            case LOAD -> trial.load();
          };
      failures += good ? 0 : 1;
    }
    if (json != null) {
      told.rows().writeJson(json);
    }
    if (report != null) {
      told.write(report);
    }
    return failures == 0 ? 0 : 1;
  }
}
