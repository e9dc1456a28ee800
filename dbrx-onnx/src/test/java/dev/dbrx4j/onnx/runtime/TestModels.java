package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.BundleCache;
import dev.dbrx4j.onnx.TestCheckpoints;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.spi.RunnerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Opens models for tests. Checkpoints and bundles are kept below the build folder.
final class TestModels {
  static final Path CACHE = Path.of("target", "cache");

  /// Small, with several of everything: layers, key/value heads, experts.
  static final DbrxConfig SMALL =
      new DbrxConfig(64, 4, 2, 2, 512, 251, 2f, 10_000, 48, 4, 2, 1f, Activation.SILU);

  /// Large enough that a pass over [#LONG_PASS_TOKENS] takes about a second.
  static final DbrxConfig LARGE =
      new DbrxConfig(256, 4, 2, 4, 8192, 300, 2f, 10_000, 512, 4, 4, 1f, Activation.SILU);

  static final int LONG_PASS_TOKENS = 4000;

  private TestModels() {}

  static OnnxModelRunner open(Path folder, int slots, int maxContext) {
    return (OnnxModelRunner) new OnnxRunnerProvider().open(folder, options(slots, maxContext));
  }

  private static RunnerOptions options(int slots, int maxContext) {
    return RunnerOptions.defaults()
        .withSlots(slots)
        .withMaxContext(maxContext)
        .withCacheFolder(CACHE);
  }

  static OnnxModelRunner open(DbrxConfig config, int slots, int maxContext) {
    return open(checkpoint(config), slots, maxContext);
  }

  /// Opens one model's graph with another's configuration.
  static OnnxModelRunner openAs(DbrxConfig graphs, DbrxConfig claimed) {
    Bundle bundle = bundle(checkpoint(graphs), Precision.FP32);
    Bundle changed = new Bundle(bundle.folder(), claimed, bundle.precision(), bundle.weightBytes());
    return OnnxModelRunner.open(OrtRuntime.get(CACHE), changed, options(1, 16));
  }

  static Bundle bundle(Path checkpoint, Precision precision) {
    return new BundleCache(CACHE)
        .bundleFor(checkpoint, Optional.of(precision), ProgressListener.none());
  }

  /// {@return the folder of a checkpoint with random weights, the same for the same numbers}
  static Path checkpoint(DbrxConfig config) {
    Path folder =
        Path.of("target", "checkpoints", Integer.toHexString(config.toString().hashCode()));
    if (!Files.exists(folder)) {
      TestCheckpoints.write(folder, config, TestCheckpoints.randomWeights(config, 1));
    }
    return folder;
  }

  static int[] randomTokens(DbrxConfig config, int count, long seed) {
    return new java.util.Random(seed).ints(count, 0, config.vocabSize()).toArray();
  }
}
