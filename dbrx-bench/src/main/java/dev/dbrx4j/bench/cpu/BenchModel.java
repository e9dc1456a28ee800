package dev.dbrx4j.bench.cpu;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.bench.Geometries;
import dev.dbrx4j.bench.RandomCheckpoint;
import dev.dbrx4j.bench.RandomWeights;
import dev.dbrx4j.bench.gguf.GgufModel;
import dev.dbrx4j.bench.gguf.GgufType;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.DbrxExporter;
import dev.dbrx4j.onnx.ExportOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A model with random weights in all the forms that are compared, made at first use and kept.
///
/// @param folder where they are kept
/// @param geometry its name in [Geometries]
/// @param type of all its matrices, the embedding's and the logits' too
/// @param block numbers that share a scale
record BenchModel(Path folder, String geometry, WeightType type, int block) {
  private static final long SEED = 1;

  String name() {
    return geometry + "." + type.label();
  }

  DbrxConfig config() {
    return Geometries.named(geometry);
  }

  Precision precision() {
    return new Precision(type, type, type, type, block);
  }

  /// {@return the bundle with as many experts a token as the geometry has}
  Path bundle() throws IOException {
    return bundle(config().topK());
  }

  /// {@return a bundle of the same weights}
  ///
  /// @param experts that serve a token
  Path bundle(int experts) throws IOException {
    Path bundle = folder.resolve("%s-%s-b%d-k%d".formatted(geometry, type.label(), block, experts));
    if (!Bundle.isIn(bundle)) {
      System.err.println("exporting " + bundle);
      ExportOptions options = ExportOptions.defaults().withPrecision(precision());
      DbrxExporter.export(checkpoint(experts), bundle, options);
    }
    return bundle;
  }

  /// {@return the file for llama.cpp}
  Path gguf() throws IOException {
    GgufType ggufType = type == WeightType.INT4 ? GgufType.Q4_0 : GgufType.Q8_0;
    Path file = folder.resolve(geometry + "-" + ggufType + ".gguf");
    if (!Files.exists(file)) {
      System.err.println("writing " + file);
      GgufModel.write(checkpoint(config().topK()), ggufType, file);
    }
    return file;
  }

  /// The same seed gives the same weights, whatever the number of experts a token.
  private Path checkpoint(int experts) throws IOException {
    DbrxConfig c = config();
    Path checkpoint = folder.resolve("%s-k%d".formatted(geometry, experts));
    if (!Files.exists(checkpoint.resolve("config.json"))) {
      System.err.println("writing " + checkpoint);
      Path partial = folder.resolve("%s-k%d.partial".formatted(geometry, experts));
      DbrxConfig config =
          new DbrxConfig(
              c.dModel(),
              c.nHeads(),
              c.nKvHeads(),
              c.nLayers(),
              c.maxSeqLen(),
              c.vocabSize(),
              c.clipQkv(),
              c.ropeTheta(),
              c.ffnHiddenSize(),
              c.nExperts(),
              experts,
              c.expertWeightNorm(),
              c.activation());
      new RandomCheckpoint(config, RandomWeights.NORMAL, SEED, Long.MAX_VALUE).write(partial);
      Files.move(partial, checkpoint);
    }
    return checkpoint;
  }

  /// {@return bytes of weights that a decode step of one sequence reads, scales included: all but
  /// the embedding and the experts that are not chosen}
  double bytesPerToken() {
    DbrxConfig c = config();
    double d = c.dModel();
    double attention = d * c.qkvWidth() + d * d;
    double experts = 3.0 * c.topK() * d * c.ffnHiddenSize();
    double weights = c.nLayers() * (attention + experts) + d * c.vocabSize();
    double routers = 4.0 * c.nLayers() * d * c.nExperts();
    return weights * (type.bits() / 8.0 + 4.0 / block) + routers;
  }
}
