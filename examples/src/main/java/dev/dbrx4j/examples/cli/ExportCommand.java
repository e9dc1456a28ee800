package dev.dbrx4j.examples.cli;

import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.DbrxExporter;
import dev.dbrx4j.onnx.ExportOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Turn a checkpoint into a bundle: an ONNX graph, one weights file, a manifest with checksums.",
      "Other commands do this by themselves, into the user's cache folder; export puts it where you want it.",
      "Memory stays below 1 GB whatever the size. An export that was cut off goes on where it stopped."
    },
    footerHeading = "%nExample:%n",
    footer = "  dbrx export --model dbrx-instruct --precision int4 --out dbrx-int4")
final class ExportCommand implements Callable<Integer> {
  private final Stdio stdio;

  @Mixin private ModelFolder model = new ModelFolder();

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "DIR",
      description = "The bundle's folder; it must not exist.")
  @SuppressWarnings("NullAway.Init") // required, so picocli sets it
  private Path target;

  @Mixin private PrecisionFlags precisionFlags = new PrecisionFlags();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Tensors to work on at once; as many as processors unless given.")
  private @Nullable Integer threads;

  ExportCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() {
    Path checkpoint = model.path(stdio);
    Precision precision = precisionFlags.chosen().orElse(Precision.FP32);
    ExportOptions options =
        ExportOptions.defaults().withPrecision(precision).withProgress(new ProgressLine(stdio));
    if (threads != null) {
      options = options.withThreads(threads);
    }
    stdio.note("needs " + Bytes.text(DbrxExporter.diskBytes(checkpoint, precision)) + " of disk");
    Bundle bundle = DbrxExporter.export(checkpoint, target, options);
    stdio.note("wrote " + bundle.folder());
    return 0;
  }
}
