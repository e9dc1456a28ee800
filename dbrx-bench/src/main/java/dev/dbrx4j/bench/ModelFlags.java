package dev.dbrx4j.bench;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Which model a benchmark runs on.
public final class ModelFlags {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      defaultValue = "${sys:dbrx4j.default-model}",
      description =
          "A checkpoint or a bundle (default: the tiny model of the repository). 'bench checkpoint' writes larger ones.")
  private @Nullable Path folder;

  /// For picocli.
  public ModelFlags() {}

  /// {@return the model's folder}
  public Path folder() {
    if (folder == null) {
      throw new ParameterException(
          command.commandLine(), "there is no default model here: give one with --model");
    }
    return folder;
  }
}
