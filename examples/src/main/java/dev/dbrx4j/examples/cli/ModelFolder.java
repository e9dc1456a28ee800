package dev.dbrx4j.examples.cli;

import dev.dbrx4j.examples.DefaultModel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which model.
final class ModelFolder {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "DIR",
      description =
          "The model: a Hugging Face checkpoint or an exported bundle. Without it, the tiny one"
              + " of this repository.")
  private @Nullable Path folder;

  /// The model's folder; tells, once, when it is the default one.
  Path path(Stdio stdio) {
    if (folder == null) {
      stdio.note("no --model given: using the tiny default model, which knows little");
      folder = DefaultModel.folder();
    }
    return folder;
  }
}
