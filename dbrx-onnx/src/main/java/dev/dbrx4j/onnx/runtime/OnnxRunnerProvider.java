package dev.dbrx4j.onnx.runtime;

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
    OrtRuntime runtime = OrtRuntime.get(cache.folder()); // fails at once, an export takes long
    Bundle bundle = cache.bundleFor(folder, options.precision(), options.progress());
    OnnxModelRunner runner = OnnxModelRunner.open(runtime, bundle, options);
    try {
      runner.warmUpDevice();
      return runner;
    } catch (RuntimeException e) {
      runner.close();
      throw e;
    }
  }
}
