package dev.dbrx4j.spi;

import java.nio.file.Path;

/// Opens models. Found by [java.util.ServiceLoader].
public interface ModelRunnerProvider {
  /// Opens the model in a folder; a checkpoint is first exported into the cache folder.
  ///
  /// @param folder a Hugging Face checkpoint or an exported bundle
  /// @param options how to run it
  /// @return the runner, which the caller closes
  /// @throws dev.dbrx4j.DbrxException if the folder holds no usable model or the runtime cannot
  ///   start
  ModelRunner open(Path folder, RunnerOptions options);
}
