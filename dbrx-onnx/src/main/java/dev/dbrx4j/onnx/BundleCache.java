package dev.dbrx4j.onnx;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.ProgressListener;
import dev.dbrx4j.onnx.export.SourceIdentity;
import dev.dbrx4j.onnx.export.TargetLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/// Keeps exported bundles of checkpoints, so that a checkpoint is exported once and found again.
///
/// @param folder where the bundles are kept
public record BundleCache(Path folder) {
  private static final Precision DEFAULT_PRECISION = Precision.FP32;

  /// {@return the user's cache: the folder in system property `dbrx4j.cache`, else in environment
  /// variable `DBRX4J_CACHE`, else `dbrx4j` in the operating system's cache folder}
  public static BundleCache ofUser() {
    String property = System.getProperty("dbrx4j.cache", "");
    String chosen = property.isEmpty() ? variable("DBRX4J_CACHE") : property;
    return new BundleCache(
        chosen.isEmpty() ? systemCacheFolder().resolve("dbrx4j") : Path.of(chosen));
  }

  private static Path systemCacheFolder() {
    String system = System.getProperty("os.name");
    Path home = Path.of(System.getProperty("user.home"));
    if (system.startsWith("Windows")) {
      String local = variable("LOCALAPPDATA");
      return local.isEmpty() ? home.resolve("AppData").resolve("Local") : Path.of(local);
    }
    if (system.startsWith("Mac")) {
      return home.resolve("Library").resolve("Caches");
    }
    String xdg = variable("XDG_CACHE_HOME");
    return xdg.isEmpty() ? home.resolve(".cache") : Path.of(xdg);
  }

  private static String variable(String name) {
    return Objects.requireNonNullElse(System.getenv(name), "");
  }

  /// Opens the bundle of a model: the folder itself if it is one, else the checkpoint's, which is
  /// exported first unless an earlier call did so.
  ///
  /// @param modelFolder a bundle or a Hugging Face checkpoint
  /// @param wanted how the matrices are to be stored; empty for a bundle as it is and a checkpoint
  ///   in float32
  /// @param progress told about the export
  /// @return the opened bundle
  /// @throws dev.dbrx4j.DbrxException if the folder holds no usable model or the cache cannot be
  ///   written
  public Bundle bundleFor(Path modelFolder, Optional<Precision> wanted, ProgressListener progress) {
    return find(modelFolder, wanted)
        .orElseGet(() -> {
          Path source = modelFolder.toAbsolutePath().normalize();
          Precision precision = wanted.orElse(DEFAULT_PRECISION);
          Path target = cached(source, precision);
          export(source, target, ExportOptions.defaults().withPrecision(precision), progress);
          return openCached(target);
        });
  }

  /// Opens the bundle of a model if that needs no export.
  ///
  /// @param modelFolder a bundle or a Hugging Face checkpoint
  /// @param wanted how the matrices are to be stored, as for [#bundleFor]
  /// @return the opened bundle, or nothing if the checkpoint was not exported yet
  /// @throws dev.dbrx4j.DbrxException if the folder holds no usable model
  public Optional<Bundle> find(Path modelFolder, Optional<Precision> wanted) {
    Path source = modelFolder.toAbsolutePath().normalize();
    if (Bundle.isIn(source)) {
      Bundle bundle = Bundle.open(source);
      wanted.ifPresent(precision -> requirePrecision(bundle, precision));
      return Optional.of(bundle);
    }
    Path target = cached(source, wanted.orElse(DEFAULT_PRECISION));
    return Files.exists(target) ? Optional.of(openCached(target)) : Optional.empty();
  }

  private static Bundle openCached(Path target) {
    try {
      return Bundle.open(target);
    } catch (InvalidModelException e) {
      throw new InvalidModelException(
          e.getMessage() + "; it is a cached copy: delete " + target + " to have it made anew", e);
    }
  }

  private static void requirePrecision(Bundle bundle, Precision wanted) {
    if (!bundle.precision().equals(wanted)) {
      throw new InvalidRequestException(
          bundle.folder()
              + " is a bundle in "
              + bundle.precision()
              + ", not "
              + wanted
              + ": export the checkpoint again, or leave the option precision out");
    }
  }

  private void export(Path source, Path target, ExportOptions options, ProgressListener progress) {
    try (TargetLock _ = TargetLock.acquire(target, progress)) {
      if (!Files.exists(target)) { // another may have made it while this one waited
        DbrxExporter.write(source, target, options.withProgress(progress));
      }
    }
  }

  private Path cached(Path source, Precision precision) {
    String key = SourceIdentity.of(source).key(precision);
    String name = source.getFileName() + "-" + precision.label() + "-" + key;
    return folder.toAbsolutePath().normalize().resolve(name);
  }
}
