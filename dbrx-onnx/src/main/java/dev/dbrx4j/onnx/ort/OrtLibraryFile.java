package dev.dbrx4j.onnx.ort;

import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.NativeRuntimeException;
import java.io.IOException;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// Finds the ONNX Runtime library: in the folder that system property [#PATH_PROPERTY] names, else
/// in the Maven artifact on the class or module path, from where it is copied once into the cache.
final class OrtLibraryFile {
  /// Names a folder that holds the library, or the library itself.
  static final String PATH_PROPERTY = "dbrx4j.onnxruntime.path";

  /// The Maven artifact whose library is used.
  static final String COORDINATES = "com.microsoft.onnxruntime:onnxruntime:" + OrtRuntime.VERSION;

  private OrtLibraryFile() {}

  /// {@return the library's path}
  ///
  /// @param cacheFolder where libraries are copied to
  static Path find(Path cacheFolder) {
    String chosen = System.getProperty(PATH_PROPERTY);
    Platform platform = Platform.current();
    return chosen == null
        ? extracted(platform, OrtLibraryFile.class.getClassLoader(), cacheFolder)
        : chosen(platform, Path.of(chosen));
  }

  private static Path chosen(Platform platform, Path path) {
    Path library = Files.isDirectory(path) ? path.resolve(platform.libraryName()) : path;
    if (!Files.isRegularFile(library)) {
      throw new NativeRuntimeException(
          "there is no ONNX Runtime library at %s, where system property %s says it is: name a folder that holds %s, or leave the property out and depend on %s"
              .formatted(library, PATH_PROPERTY, platform.libraryName(), COORDINATES));
    }
    return library.toAbsolutePath();
  }

  /// The folder's name carries the checksum: artifacts of one version differ (CPU, GPU), and an
  /// older program's copy may be in use.
  static Path extracted(Platform platform, ClassLoader loader, Path cacheFolder) {
    URL resource = loader.getResource(platform.resource());
    if (resource == null) {
      throw missing(platform, loader);
    }
    try {
      Fingerprint expected = Fingerprint.of(resource);
      String folder = "onnxruntime-%s-%s".formatted(platform.name(), expected.hex());
      Path library = cacheFolder.resolve(folder).resolve(platform.libraryName()).toAbsolutePath();
      if (!expected.matches(library)) {
        copy(resource, expected, library);
      }
      return library;
    } catch (IOException e) {
      throw new ModelIoException(
          "ONNX Runtime's library cannot be copied to %s (%s): make that folder writable, or set system property %s to a folder that holds %s"
              .formatted(cacheFolder, e, PATH_PROPERTY, platform.libraryName()),
          e);
    }
  }

  /// Copies the providers that the artifact has to where ONNX Runtime will look for them: beside
  /// its library. Hundreds of megabytes, so only when one is asked for.
  static void extractProviders(Platform platform, ClassLoader loader, Path library) {
    for (String name : List.of("shared", "cuda", "tensorrt")) {
      Path target = CudaLibraries.provider(library, platform.libraryName(), name);
      URL resource = loader.getResource(platform.resource(String.valueOf(target.getFileName())));
      try {
        if (resource != null && !Fingerprint.of(resource).matches(target)) {
          copy(resource, Fingerprint.of(resource), target);
        }
      } catch (IOException e) {
        throw new ModelIoException(
            "%s cannot be copied from the ONNX Runtime on the class path (%s)".formatted(target, e),
            e);
      }
    }
  }

  private static NativeRuntimeException missing(Platform platform, ClassLoader loader) {
    boolean artifactPresent = loader.getResource("ai/onnxruntime/OrtEnvironment.class") != null;
    String problem =
        artifactPresent
            ? "the ONNX Runtime on the class path has no library for this platform"
            : "ONNX Runtime is not on the class or module path";
    return new NativeRuntimeException(
        "%s: looked for %s. Depend on %s, or set system property %s to a folder that holds %s"
            .formatted(
                problem, platform.resource(), COORDINATES, PATH_PROPERTY, platform.libraryName()));
  }

  /// Another process may do the same at the same time: each moves its own whole copy into place. On
  /// Windows a library in use cannot be replaced, but then it is the other process's whole copy.
  private static void copy(URL resource, Fingerprint expected, Path library) throws IOException {
    Files.createDirectories(library.getParent());
    Path part = Files.createTempFile(library.getParent(), "copying", ".part");
    try (var in = resource.openStream()) {
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      moveIntoPlace(part, library);
    } finally {
      Files.deleteIfExists(part);
    }
    if (!expected.matches(library)) {
      throw new IOException("the copy differs from " + resource);
    }
  }

  private static void moveIntoPlace(Path part, Path library) throws IOException {
    try {
      Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      throw e;
    } catch (IOException e) {
      if (!Files.exists(library)) {
        throw e;
      }
    }
  }
}
