package dev.dbrx4j.examples.cli;

import com.sun.management.OperatingSystemMXBean;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.DbrxExporter;
import dev.dbrx4j.onnx.GpuMemory;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Tell a model's numbers and what it needs to run, without loading its weights.",
    footerHeading = "%nExample:%n",
    footer = "  dbrx inspect --model dbrx-instruct --context-length 4096")
final class InspectCommand implements Callable<Integer> {
  private static final int STEP_TOKENS = 512;

  private final Stdio stdio;

  @Mixin private ModelFolder model = new ModelFolder();

  @Mixin private PrecisionFlags precisionFlags = new PrecisionFlags();

  @Option(
      names = "--context-length",
      paramLabel = "N",
      description = "Plan for so many tokens of context; the model's maximum unless given.")
  private @Nullable Integer contextLength;

  @Option(
      names = "--gpus",
      paramLabel = "GB",
      split = ",",
      description = "Plan for GPUs with so many gigabytes free each, such as 141 or 80,80.")
  private List<Integer> gpus = List.of();

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "4",
      description = "Sequences side by side, for --gpus (default: ${DEFAULT-VALUE}).")
  private int slots;

  InspectCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = model.path(stdio);
    DbrxConfig config = DbrxConfig.read(folder.resolve("config.json"));
    describe(folder, config);
    plan(folder, config);
    return 0;
  }

  private void describe(Path folder, DbrxConfig config) throws IOException {
    ModelSize size = new ModelSize(config);
    line("model", folder.toAbsolutePath().normalize());
    line("layers", config.nLayers());
    line("width", grouped(config.dModel()));
    line("heads", config.nHeads() + " of width " + config.headDim());
    line("  for keys and values", config.nKvHeads());
    line("  query/key/value clip", config.clipQkv() == null ? "none" : config.clipQkv());
    line("  rotary base", grouped((long) config.ropeTheta()));
    line("experts", config.nExperts() + " of width " + grouped(config.ffnHiddenSize()));
    line("  serving a token", config.topK());
    line("  activation", config.activation().name().toLowerCase(Locale.ROOT));
    line("vocabulary", grouped(config.vocabSize()));
    line("context", grouped(config.maxSeqLen()) + " tokens");
    line("parameters", grouped(size.parameters()));
    line("  active for a token", grouped(size.activeParameters()));
    line("KV cache", Bytes.text(size.kvCacheBytes(1)) + " a token");
  }

  private void plan(Path folder, DbrxConfig config) throws IOException {
    int context = contextLength == null ? config.maxSeqLen() : contextLength;
    long weights = Bundle.isIn(folder) ? weightBytes(folder, ".bin") : exportedBytes(folder);
    long kvCache = new ModelSize(config).kvCacheBytes(context);
    line("memory to run it", Bytes.text(weights + kvCache));
    line("  weights", Bytes.text(weights));
    line("  KV cache", Bytes.text(kvCache) + " for a sequence of " + grouped(context) + " tokens");
    line("memory of this machine", Bytes.text(machineBytes()));
    if (!gpus.isEmpty()) {
      planGpus(folder, config, context);
    }
  }

  private void planGpus(Path folder, DbrxConfig config, int context) throws IOException {
    Precision precision =
        Bundle.isIn(folder)
            ? Bundle.open(folder).precision()
            : precisionFlags.chosen().orElse(Precision.INT4);
    List<Long> bytes = gpus.stream().map(size -> size * 1_000_000_000L).toList();
    line("on GPUs", precision + ", " + slots + " sequences of " + grouped(context) + " tokens");
    stdio.println(
        GpuMemory.plan(config, precision, slots, context, STEP_TOKENS, bytes)
            .indent(2)
            .stripTrailing());
  }

  private long exportedBytes(Path checkpoint) throws IOException {
    line("checkpoint", Bytes.text(weightBytes(checkpoint, ".safetensors")));
    Precision precision = precisionFlags.chosen().orElse(Precision.FP32);
    long bytes = DbrxExporter.diskBytes(checkpoint, precision);
    line("  exported, " + precision.label(), Bytes.text(bytes));
    return bytes;
  }

  private static long weightBytes(Path folder, String suffix) throws IOException {
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(file -> file.toString().endsWith(suffix)).toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static long machineBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private void line(String name, Object value) throws IOException {
    stdio.println(String.format(Locale.ROOT, "%-24s%s", name, value));
  }
}
