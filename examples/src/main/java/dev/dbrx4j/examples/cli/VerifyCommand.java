package dev.dbrx4j.examples.cli;

import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.BundleCache;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Check every byte of a bundle against its manifest.",
      "Of a checkpoint, checks the bundle that was exported from it into the user's cache folder."
    },
    footerHeading = "%nExample:%n",
    footer = "  dbrx verify --model dbrx-instruct.bundle")
final class VerifyCommand implements Callable<Integer> {
  private final Stdio stdio;

  @Mixin private ModelFolder model = new ModelFolder();

  @Mixin private PrecisionFlags precision = new PrecisionFlags();

  VerifyCommand(Stdio stdio) {
    this.stdio = stdio;
  }

  @Override
  public Integer call() throws IOException {
    Path folder = model.path(stdio);
    ProgressLine progress = new ProgressLine(stdio);
    Path bundle =
        Bundle.isIn(folder)
            ? folder
            : BundleCache.ofUser().bundleFor(folder, precision.chosen(), progress).folder();
    Bundle.verify(bundle, progress);
    stdio.println(bundle + " is intact");
    return 0;
  }
}
