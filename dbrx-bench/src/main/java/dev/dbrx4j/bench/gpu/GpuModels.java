package dev.dbrx4j.bench.gpu;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.bench.Geometries;
import dev.dbrx4j.bench.RandomCheckpoint;
import dev.dbrx4j.bench.RandomWeights;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.DbrxExporter;
import dev.dbrx4j.onnx.ExportOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The models that are measured, made where they are needed and kept.
///
/// @param folder where
/// @param precision how their matrices are stored
/// @param progress told about exports
record GpuModels(Path folder, Precision precision, ProgressListener progress) {
  /// Small, but with all that the operators ask of a geometry.
  static final DbrxConfig MINIATURE =
      new DbrxConfig(
          128, 4, 2, 4, 512, 512, 1f, 10_000, 192, 16, 4, 1f, DbrxConfig.Activation.SILU);

  private static final DbrxConfig SERVING_MINIATURE =
      new DbrxConfig(
          128, 4, 2, 4, 512, 100_352, 1f, 10_000, 192, 16, 4, 1f, DbrxConfig.Activation.SILU);

  /// {@return a miniature with weights of its own for each layer}
  Bundle miniature() throws IOException {
    return stored("miniature", MINIATURE);
  }

  /// {@return a miniature with the true vocabulary, which texts take, and layers that share
  /// weights}
  Bundle servingMiniature() throws IOException {
    return stored("serving-miniature", SERVING_MINIATURE);
  }

  /// {@return a model of as many layers as the geometry has, which share the weights of one}
  ///
  /// @param name a short name
  /// @param geometry the model's numbers
  Bundle sharing(String name, DbrxConfig geometry) throws IOException {
    Bundle one = stored(name + "-layer", RepeatedBundle.withLayers(geometry, 1));
    Path target = target(name);
    return Bundle.isIn(target)
        ? Bundle.open(target)
        : RepeatedBundle.of(one, geometry.nLayers(), target);
  }

  /// {@return DBRX itself, its layers sharing the weights of one}
  Bundle dbrx() throws IOException {
    return sharing("dbrx", Geometries.named("dbrx"));
  }

  private Path target(String name) {
    return folder.resolve(String.join("-", name, precision.label(), precision.attention().label()));
  }

  private Bundle stored(String name, DbrxConfig config) throws IOException {
    Path target = target(name);
    if (!Bundle.isIn(target)) {
      Path checkpoint = folder.resolve(name);
      if (!Files.exists(checkpoint)) {
        new RandomCheckpoint(config, RandomWeights.NORMAL, 1, Long.MAX_VALUE).write(checkpoint);
      }
      ExportOptions options =
          ExportOptions.defaults().withPrecision(precision).withProgress(progress);
      DbrxExporter.export(checkpoint, target, options);
    }
    return Bundle.open(target);
  }
}
