package dev.dbrx4j.bench.quality;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.bench.BenchReport;
import dev.dbrx4j.bench.BenchReport.Better;
import dev.dbrx4j.bench.BenchReport.Row;
import dev.dbrx4j.bench.Folders;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.ModelRunnerProvider;
import dev.dbrx4j.spi.RunnerOptions;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Measures what quantising does to a model's predictions.
@Command(
    name = "quality",
    description = {
      "What quantising does to a model's predictions: KL divergence from float32, top-1 agreement,"
          + " perplexity.",
      "Rows named int4.64.search or Q4_0 store the weights so and compute in float32; rows named"
          + " int4.64.bundle are bundles as they run. Embedding and logits' matrix have eight bits"
          + " in all of them.",
      "Peers: llama.cpp's Q8_0 and Q4_0, computed here on the same weights."
    })
public final class QualityCommand implements Callable<Integer> {
  private static final int DBRX_VOCABULARY = 100_352;
  private static final int RANDOM_SEQUENCES = 12;
  private static final int RANDOM_TOKENS = 64;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "A checkpoint that fits into memory; may be repeated (default: the repository's small"
              + " ones).")
  private List<Path> models = new ArrayList<>();

  @Option(names = "--quick", description = "Blocks of 32 only.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there as JSON too.")
  private @Nullable Path json;

  private final BenchReport report = new BenchReport();

  /// For picocli.
  public QualityCommand() {}

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("dbrx-quality");
    try {
      for (Path model : models.isEmpty() ? ownModels() : models) {
        measure(model, folder);
      }
    } finally {
      Folders.delete(folder);
    }
    report.print(System.out);
    if (json != null) {
      report.writeJson(json);
    }
    return 0;
  }

  private static List<Path> ownModels() {
    Path tiny = Path.of(System.getProperty("dbrx4j.default-model", "models/dbrx-tiny"));
    Path goldens = tiny.resolve("../../dbrx-onnx/src/test/resources/golden").normalize();
    return List.of(goldens.resolve("nano-f32"), goldens.resolve("micro-bf16"), tiny);
  }

  private void measure(Path model, Path folder) throws IOException {
    String name = model.toAbsolutePath().normalize().getFileName().toString();
    RunnerOptions options = RunnerOptions.defaults().withCacheFolder(folder.resolve("cache"));
    try (Checkpoint source = Checkpoint.open(model);
        ModelRunner exact = open(model, options)) {
      boolean hasText = source.config().vocabSize() == DBRX_VOCABULARY;
      List<int[]> sequences = hasText ? stories() : random(source.config());
      if (hasText) {
        Comparison itself = Comparison.of(exact, exact, sequences);
        report.add(Row.of(name + ".fp32.perplexity", "", itself.perplexity()));
      }
      Map<Integer, Comparison> peers = new LinkedHashMap<>();
      for (Scheme scheme : Scheme.peers()) {
        Comparison comparison = compare(source, scheme, folder, options, exact, sequences);
        peers.put(scheme.bits(), comparison);
        add(name + "." + scheme.name(), comparison, null, scheme.bits(), hasText);
      }
      List<Integer> blocks = quick ? List.of(32) : List.of(32, 64, 128);
      for (Scheme scheme : Scheme.ours(blocks)) {
        Comparison comparison = compare(source, scheme, folder, options, exact, sequences);
        Comparison peer = peers.get(scheme.bits());
        add(name + "." + scheme.name(), comparison, peer, scheme.bits(), hasText);
      }
      for (WeightType type : List.of(WeightType.INT8, WeightType.INT4)) {
        for (int block : blocks) {
          Precision precision = Precision.of(type).withBlock(block);
          try (ModelRunner runner = open(model, options.withPrecision(precision))) {
            Comparison comparison = Comparison.of(exact, runner, sequences);
            String row = "%s.%s.%d.bundle".formatted(name, type.label(), block);
            add(row, comparison, peers.get(type.bits()), type.bits(), hasText);
          }
        }
      }
    }
  }

  private static Comparison compare(
      Checkpoint source,
      Scheme scheme,
      Path folder,
      RunnerOptions options,
      ModelRunner exact,
      List<int[]> sequences)
      throws IOException {
    System.err.println(source.folder().getFileName() + " in " + scheme.name());
    Path rounded = folder.resolve("rounded");
    Path cache = folder.resolve("rounded-cache");
    try {
      new RoundedCheckpoint(source, scheme).write(rounded);
      try (ModelRunner runner = open(rounded, options.withCacheFolder(cache))) {
        return Comparison.of(exact, runner, sequences);
      }
    } finally {
      Folders.delete(rounded);
      Folders.delete(cache);
    }
  }

  private void add(
      String name, Comparison ours, @Nullable Comparison peer, int bits, boolean hasText) {
    double[] divergence = micronats(ours);
    String unit = "micronats";
    report.add(
        peer == null
            ? Row.of(name + ".kl", unit, divergence)
            : Row.against(
                name + ".kl", unit, Better.LOWER, divergence, "Q" + bits + "_0", micronats(peer)));
    report.add(Row.of(name + ".top1", "%", 100 * ours.agreement()));
    if (hasText) {
      report.add(Row.of(name + ".perplexity", "", ours.perplexity()));
    }
  }

  private static double[] micronats(Comparison comparison) {
    double[] values = comparison.divergence().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] *= 1e6;
    }
    return values;
  }

  private static ModelRunner open(Path model, RunnerOptions options) {
    return ServiceLoader.load(ModelRunnerProvider.class)
        .findFirst()
        .orElseThrow()
        .open(model, options);
  }

  private static List<int[]> random(DbrxConfig config) {
    Random random = new Random(1);
    List<int[]> sequences = new ArrayList<>();
    for (int i = 0; i < RANDOM_SEQUENCES; i++) {
      sequences.add(random.ints(RANDOM_TOKENS, 0, config.vocabSize()).toArray());
    }
    return sequences;
  }

  /// Stories that the tiny model was not trained on: made by the program that made those which it
  /// was, with a seed of their own.
  private static List<int[]> stories() throws IOException {
    try (InputStream in = QualityCommand.class.getResourceAsStream("stories.txt")) {
      String text = new String(in.readAllBytes(), UTF_8);
      DbrxTokenizer tokenizer = DbrxTokenizer.bundled();
      return Pattern.compile("\n---\n").splitAsStream(text).map(tokenizer::encode).toList();
    }
  }
}
