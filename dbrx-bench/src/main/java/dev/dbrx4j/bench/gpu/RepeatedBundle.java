package dev.dbrx4j.bench.gpu;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.bundle.BundleManifest;
import dev.dbrx4j.onnx.bundle.ManifestFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A bundle whose layers share the weights of fewer: a small file, of which a GPU makes a copy for
/// every layer, so that each step moves as many bytes as the whole model's would. For GPUs only.
final class RepeatedBundle {
  private static final String WEIGHTS = "weights.bin";

  private RepeatedBundle() {}

  /// Makes a bundle of more layers beside one of few.
  ///
  /// @param stored the bundle with few layers
  /// @param layers how many the other is to have
  /// @param target its folder, created
  /// @return the bundle
  static Bundle of(Bundle stored, int layers, Path target) throws IOException {
    Files.createDirectories(target);
    Files.createLink(target.resolve(WEIGHTS), stored.folder().resolve(WEIGHTS));
    BundleManifest manifest = ManifestFile.read(stored.folder());
    DbrxConfig config = withLayers(manifest.config(), layers);
    BundleManifest repeated =
        new BundleManifest(
            manifest.exporter(),
            config,
            manifest.precision(),
            List.of(),
            List.of(),
            manifest.sections());
    Files.write(target.resolve(ManifestFile.NAME), ManifestFile.encode(repeated));
    return Bundle.open(target);
  }

  static DbrxConfig withLayers(DbrxConfig c, int layers) {
    return new DbrxConfig(
        c.dModel(),
        c.nHeads(),
        c.nKvHeads(),
        layers,
        c.maxSeqLen(),
        c.vocabSize(),
        c.clipQkv(),
        c.ropeTheta(),
        c.ffnHiddenSize(),
        c.nExperts(),
        c.topK(),
        c.expertWeightNorm(),
        c.activation());
  }
}
