package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.checkpoint.Ahead;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.BundleCache;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.ModelRunnerProvider;
import dev.dbrx4j.spi.RunnerOptions;
import java.nio.file.Path;

/// Opens checkpoints and bundles on ONNX Runtime.
public final class OnnxRunnerProvider implements ModelRunnerProvider {
  /// Creates the provider, as [java.util.ServiceLoader] does.
  public OnnxRunnerProvider() {}

  @Override
  public ModelRunner open(Path folder, RunnerOptions options) {
    BundleCache cache = options.cacheFolder().map(BundleCache::new).orElseGet(BundleCache::ofUser);
    try (Ahead<OrtRuntime> runtime =
        Ahead.start("dbrx4j-onnxruntime", () -> OrtRuntime.get(cache.folder()))) {
      return open(runtime, bundle(cache, folder, options, runtime), options);
    }
  }

  private static Bundle bundle(
      BundleCache cache, Path folder, RunnerOptions options, Ahead<OrtRuntime> runtime) {
    return cache
        .find(folder, options.precision())
        .orElseGet(() -> {
          runtime.get(); // fails at once, an export takes long
          return cache.bundleFor(folder, options.precision(), options.progress());
        });
  }

  private static ModelRunner open(Ahead<OrtRuntime> runtime, Bundle bundle, RunnerOptions options) {
    OnnxModelRunner runner = OnnxModelRunner.open(runtime.get(), bundle, options);
    try {
      runner.warmUpDevice();
      return runner;
    } catch (RuntimeException e) {
      runner.close();
      throw e;
    }
  }
}
