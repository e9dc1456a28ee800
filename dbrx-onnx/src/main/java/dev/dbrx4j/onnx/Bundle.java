package dev.dbrx4j.onnx;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.bundle.BundleCheck;
import dev.dbrx4j.onnx.bundle.BundleManifest;
import dev.dbrx4j.onnx.bundle.ManifestFile;
import java.nio.file.Path;

/// An exported model on disk, opened and checked: a folder with the manifest `dbrx.json`, a graph a
/// flavour, `weights.bin`, and the checkpoint's configuration and tokenizer files.
///
/// @param folder the bundle's folder, absolute
/// @param config the model's configuration
/// @param precision how the matrices are stored
/// @param weightBytes length of the weights file
public record Bundle(Path folder, DbrxConfig config, Precision precision, long weightBytes) {
  /// Weights up to this size are compared with their checksums whenever a bundle is opened; larger
  /// ones only by [#verify].
  public static final long CHECKED_ON_OPEN_BYTES = 2L << 30;

  /// {@return whether a folder has a bundle's manifest}
  ///
  /// @param folder the folder
  public static boolean isIn(Path folder) {
    return ManifestFile.isIn(folder);
  }

  /// Opens a bundle. Checks the manifest, that every file has its length, the checksums of all
  /// files but the weights, and those of the weights up to [#CHECKED_ON_OPEN_BYTES].
  ///
  /// @param folder the bundle's folder
  /// @return the bundle
  /// @throws InvalidModelException if a file is missing, damaged or of another version
  public static Bundle open(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    BundleManifest manifest = ManifestFile.read(absolute);
    BundleCheck check = new BundleCheck(absolute, manifest, ProgressListener.none());
    check.checkFiles();
    if (manifest.weightBytes() <= CHECKED_ON_OPEN_BYTES) {
      check.checkWeights();
    }
    return new Bundle(absolute, manifest.config(), manifest.precision(), manifest.weightBytes());
  }

  /// Checks every byte of a bundle.
  ///
  /// @param folder the bundle's folder
  /// @param progress told how far the check is
  /// @throws InvalidModelException naming file, section and offsets of the first damage found
  public static void verify(Path folder, ProgressListener progress) {
    Path absolute = folder.toAbsolutePath().normalize();
    BundleCheck check = new BundleCheck(absolute, ManifestFile.read(absolute), progress);
    check.checkFiles();
    check.checkWeights();
  }

  /// {@return the path of a flavour's graph}
  ///
  /// @param flavour the kind of device that it is made for
  public Path graph(Flavour flavour) {
    return folder.resolve(flavour.graphFile());
  }
}
