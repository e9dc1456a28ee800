package dev.dbrx4j.bench.cpu;

import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.BenchReport.Better;
import dev.dbrx4j.bench.BenchReport.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures quantised models on the processor, beside llama.cpp on the same weights.
@Command(
    name = "cpu",
    description = {
      "Measure int4 and int8 models on the processor, beside llama.cpp on the same weights: its Java"
          + " binding on Maven Central always, the native program with --llama.",
      "Models are made at first use and kept. A full run takes a while: choose parts of it."
    })
public final class CpuCommand implements Callable<Integer> {
  /// What can be measured by itself.
  enum Part {
    /// tokens a second of one sequence, after 128 and 2,048 tokens
    DECODE,
    /// tokens a second of a prompt of 128, 512 and 2,048 tokens
    PREFILL,
    /// tokens a second of eight sequences against one
    BATCH,
    /// milliseconds from start to first token, and resident memory
    LOAD,
    /// four experts a token against all sixteen
    DENSE
  }

  @Option(
      names = "--geometry",
      split = ",",
      defaultValue = "dbrx-0.5b,dbrx-2b",
      description = "Models (default: ${DEFAULT-VALUE}).")
  private List<String> geometries = List.of();

  @Option(
      names = "--precision",
      split = ",",
      defaultValue = "INT4,INT8",
      description = "Types of all matrices (default: ${DEFAULT-VALUE}).")
  private List<WeightType> types = List.of();

  @Option(
      names = "--part",
      split = ",",
      description = "What to measure: ${COMPLETION-CANDIDATES} (default: all).")
  private Set<Part> parts = EnumSet.allOf(Part.class);

  @Option(
      names = "--block",
      defaultValue = "64",
      description = "Numbers that share a scale (default: ${DEFAULT-VALUE}).")
  private int block = 64;

  @Option(
      names = "--threads",
      defaultValue = "2",
      description = "Threads of a pass, ours and theirs (default: ${DEFAULT-VALUE}).")
  private int threads = 2;

  @Option(names = "--llama", paramLabel = "PATH", description = "The program llama-bench.")
  private @Nullable Path llama;

  @Option(
      names = "--folder",
      defaultValue = "${sys:user.home}/.cache/dbrx4j/bench",
      description = "Where models are kept (default: ${DEFAULT-VALUE}).")
  private Path folder = Path.of(".");

  @Option(
      names = "--onnxruntime-kernels",
      description = "Multiply with ONNX Runtime's operators where ours would do it.")
  private boolean onnxruntimeKernels;

  @Option(names = "--quick", description = "Short: few samples, the small model alone.")
  private boolean quick;

  @Option(names = "--prepare", description = "Make the models and measure nothing.")
  private boolean prepare;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write the rows as JSON.")
  private @Nullable Path json;

  private final BenchReport report = new BenchReport();
  private final List<Peer> peers = new ArrayList<>();

  /// Creates the command, as picocli does.
  public CpuCommand() {}

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(folder);
    System.setProperty("dbrx4j.java-kernels", Boolean.toString(!onnxruntimeKernels));
    if (quick) {
      geometries = geometries.subList(0, 1);
    }
    addPeers();
    try (Bandwidth bandwidth = new Bandwidth(threads)) {
      double[] speeds = samples(5, bandwidth::gigabytesPerSecond);
      report.add(Row.of("memory.read", "GB/s", speeds));
      for (String geometry : geometries) {
        for (WeightType type : types) {
          BenchModel model = new BenchModel(folder, geometry, type, block);
          if (prepare) {
            prepare(model);
          } else {
            measure(model, report.rows().getFirst().value());
          }
        }
      }
    }
    report.print(System.out);
    if (json != null) {
      report.writeJson(json);
    }
    return 0;
  }

  private void prepare(BenchModel model) throws IOException {
    model.bundle();
    if (!peers.isEmpty()) {
      model.gguf();
    }
    if (parts.contains(Part.DENSE)) {
      model.bundle(model.config().nExperts());
    }
  }

  private void measure(BenchModel model, double gigabytesPerSecond) throws IOException {
    if (parts.contains(Part.DECODE)) {
      try (RunnerSpeed ours = new RunnerSpeed(model.bundle(), threads, 1, 2304)) {
        double near = decode(model, ours, 128);
        double bytes = model.bytesPerToken();
        report.add(
            Row.of(
                model.name() + ".decode.bandwidth",
                "of memory.read",
                near * bytes / 1e9 / gigabytesPerSecond));
        double far = decode(model, ours, 2048);
        report.add(Row.of(model.name() + ".decode.2048-of-128", "ratio", far / near));
      }
    }
    if (parts.contains(Part.PREFILL)) {
      try (RunnerSpeed ours = new RunnerSpeed(model.bundle(), threads, 1, 2304)) {
        for (int tokens : quick ? new int[] {128, 512} : new int[] {128, 512, 2048}) {
          prefill(model, ours, tokens);
        }
      }
    }
    if (parts.contains(Part.BATCH)) {
      batch(model);
    }
    if (parts.contains(Part.LOAD)) {
      load(model);
    }
    if (parts.contains(Part.DENSE)) {
      dense(model);
    }
  }

  private double decode(BenchModel model, RunnerSpeed ours, int context) throws IOException {
    ours.fill(1, context);
    int steps = quick ? 16 : 48;
    String name = model.name() + ".decode." + context;
    return against(
        name,
        context > 1000 ? 3 : 5,
        () -> ours.decode(1, context, steps),
        peer -> peer.decode(model.gguf(), context, steps));
  }

  private void prefill(BenchModel model, RunnerSpeed ours, int tokens) throws IOException {
    against(
        model.name() + ".prefill." + tokens,
        tokens > 1000 ? 1 : 3,
        () -> ours.prefill(tokens),
        peer -> peer.prefill(model.gguf(), tokens));
  }

  private void batch(BenchModel model) throws IOException {
    try (RunnerSpeed ours = new RunnerSpeed(model.bundle(), threads, 8, 256)) {
      ours.fill(8, 128);
      int rounds = quick ? 2 : 5;
      double[] one = new double[rounds];
      double[] eight = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        one[i] = ours.decode(1, 128, 24);
        eight[i] = ours.decode(8, 128, 12);
      }
      String name = model.name() + ".decode.8-sequences";
      report.add(Row.against(name, "tokens/s", Better.HIGHER, eight, "one sequence", one));
    }
  }

  private void load(BenchModel model) throws IOException {
    Path bundle = model.bundle();
    int rounds = quick ? 2 : 5;
    double[] millis = new double[rounds];
    double[] resident = new double[rounds];
    double bytes = bytes(bundle);
    LoadProbe.measure(bundle, threads); // fills the page cache
    for (int i = 0; i < rounds; i++) {
      LoadProbe.Result result = LoadProbe.measure(bundle, threads);
      millis[i] = result.millis();
      resident[i] = result.residentBytes() / bytes;
    }
    report.add(Row.of(model.name() + ".load-to-first-token", "ms", millis));
    report.add(Row.of(model.name() + ".resident", "of bundle", resident));
  }

  private void dense(BenchModel model) throws IOException {
    int all = model.config().nExperts();
    try (RunnerSpeed sparse = new RunnerSpeed(model.bundle(), threads, 1, 256);
        RunnerSpeed dense = new RunnerSpeed(model.bundle(all), threads, 1, 256)) {
      sparse.fill(1, 128);
      dense.fill(1, 128);
      int rounds = quick ? 2 : 5;
      double[] few = new double[rounds];
      double[] full = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        few[i] = sparse.decode(1, 128, 24);
        full[i] = dense.decode(1, 128, 24);
      }
      String name = model.name() + ".decode.experts";
      report.add(Row.against(name, "tokens/s", Better.HIGHER, few, all + " experts", full));
    }
  }

  private interface Sample {
    double take() throws IOException;
  }

  private interface PeerSample {
    double take(Peer peer) throws IOException;
  }

  /// The native program where there is one, and what Maven Central has.
  private void addPeers() {
    if (llama != null) {
      peers.add(new LlamaBench(llama, threads));
    }
    String obstacle = LlamaBinding.obstacle();
    if (obstacle.isEmpty()) {
      peers.add(new LlamaBinding(threads));
    } else {
      System.err.println("without de.kherud:llama: " + obstacle);
    }
  }

  /// Adds a row for each peer: one sample of everybody by turns.
  ///
  /// @return our median
  private double against(String name, int rounds, Sample ours, PeerSample theirs)
      throws IOException {
    int count = quick ? Math.min(rounds, 2) : rounds;
    double[] own = new double[count];
    double[][] others = new double[peers.size()][count];
    for (int i = 0; i < count; i++) {
      own[i] = ours.take();
      for (int p = 0; p < others.length; p++) {
        others[p][i] = theirs.take(peers.get(p));
      }
    }
    for (int p = 0; p < others.length; p++) {
      String title = peers.get(p).title();
      report.add(Row.against(name, "tokens/s", Better.HIGHER, own, title, others[p]));
    }
    Row alone = Row.of(name, "tokens/s", own);
    if (others.length == 0) {
      report.add(alone);
    }
    System.err.println(name + " " + Arrays.toString(own) + " " + Arrays.deepToString(others));
    return alone.value();
  }

  private static double[] samples(int count, Sample sample) throws IOException {
    double[] samples = new double[count];
    for (int i = 0; i < count; i++) {
      samples[i] = sample.take();
    }
    return samples;
  }

  private static double bytes(Path folder) throws IOException {
    long bytes = 0;
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }
}
