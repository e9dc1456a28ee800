package dev.dbrx4j.onnx.ort;

import dev.dbrx4j.NativeRuntimeException;
import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The native libraries that running on an NVIDIA GPU takes, found by trying to load each: the
/// driver's, ONNX Runtime's CUDA provider, what that provider says it needs (a version of CUDA),
/// and what it loads later (cuDNN).
///
/// Each is looked for in the folders that system property [#PATH_PROPERTY] names, then where the
/// operating system's loader looks. What is found stays loaded, so that the provider finds it too.
@SuppressWarnings("restricted") // this package is where native code is called
final class CudaLibraries {
  /// Names folders with CUDA's libraries, separated like a class path's.
  static final String PATH_PROPERTY = "dbrx4j.cuda.path";

  private static final String CUDNN = "libcudnn.so.9";

  private CudaLibraries() {}

  /// What became of one library.
  ///
  /// @param name its file name
  /// @param outcome where it was found, or that it was not
  /// @param found whether it was
  record Finding(String name, String outcome, boolean found) {}

  /// {@return NVIDIA's driver library}
  ///
  /// @throws NativeRuntimeException if this machine has none
  static SymbolLookup driver() {
    try {
      return SymbolLookup.libraryLookup(driverName(), Arena.global());
    } catch (IllegalArgumentException e) {
      throw new NativeRuntimeException(
          "there is no NVIDIA driver: %s is not where the system looks for libraries (%s)"
              .formatted(driverName(), searchPath()),
          e);
    }
  }

  private static String driverName() {
    return Platform.current().name().startsWith("win") ? "nvcuda.dll" : "libcuda.so.1";
  }

  /// Requires all that CUDA takes.
  ///
  /// @param library ONNX Runtime's library, beside which its CUDA provider lies
  /// @throws NativeRuntimeException telling of each library whether and where it was found
  static void require(Path library) {
    List<Finding> findings = probe(library);
    if (!findings.stream().allMatch(Finding::found)) {
      throw new NativeRuntimeException(describe(findings));
    }
  }

  static String describe(List<Finding> findings) {
    StringBuilder text = new StringBuilder("CUDA cannot be used on this machine. Looked for");
    for (Finding finding : findings) {
      text.append("\n  ").append(finding.name).append(": ").append(finding.outcome);
    }
    return text.append("\nin ")
        .append(PATH_PROPERTY)
        .append("=")
        .append(System.getProperty(PATH_PROPERTY, ""))
        .append(", then in ")
        .append(searchPath())
        .append(
            """
            .
            Depend on com.microsoft.onnxruntime:onnxruntime_gpu:%s in place of onnxruntime (or let %s name \
            a folder with ONNX Runtime's GPU build), install NVIDIA's driver, CUDA and cuDNN 9 (or let %s \
            name the folders they are in), or ask for Device.cuda(…).orCpu()\
            """
                .formatted(OrtRuntime.VERSION, OrtLibraryFile.PATH_PROPERTY, PATH_PROPERTY))
        .toString();
  }

  private static String searchPath() {
    boolean windows = Platform.current().name().startsWith("win");
    String variable = windows ? "PATH" : "LD_LIBRARY_PATH";
    String value = System.getenv(variable);
    return variable + "=" + (value == null ? "" : value) + " and the system's own folders";
  }

  /// {@return what there is}
  ///
  /// @param library ONNX Runtime's library
  static List<Finding> probe(Path library) {
    List<Finding> findings = new ArrayList<>();
    findings.add(load(driverName()));
    String fileName = String.valueOf(library.getFileName());
    Path shared = provider(library, fileName, "shared");
    Path cuda = provider(library, fileName, "cuda");
    findings.add(present(shared));
    findings.add(present(cuda));
    for (String needed : needed(cuda)) {
      findings.add(load(needed));
    }
    return findings;
  }

  /// `libonnxruntime.so` has `libonnxruntime_providers_cuda.so` beside it.
  static Path provider(Path library, String fileName, String name) {
    int dot = fileName.indexOf('.');
    String providers = fileName.substring(0, dot) + "_providers_" + name;
    String suffix = fileName.substring(dot).replaceFirst("[.]so[.].*", ".so");
    return library.resolveSibling(providers + suffix);
  }

  private static Finding present(Path file) {
    boolean found = Files.isRegularFile(file);
    String outcome = found ? "found at " + file : "missing: it is not at " + file;
    return new Finding(String.valueOf(file.getFileName()), outcome, found);
  }

  /// What the provider needs of CUDA, and what it loads by name later. Without a provider nobody
  /// can tell which version of CUDA it would need; on Windows the loader alone knows.
  private static Set<String> needed(Path provider) {
    Set<String> names = new LinkedHashSet<>();
    try {
      if (Files.isRegularFile(provider)) {
        Elf.needed(provider).stream().filter(name -> name.startsWith("libcu")).forEach(names::add);
      }
    } catch (IOException e) {
      throw new NativeRuntimeException("cannot read " + provider + ": " + e, e);
    }
    if (!Platform.current().name().startsWith("win")) {
      names.add(CUDNN);
    }
    return names;
  }

  private static Finding load(String name) {
    for (Path folder : folders()) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        return load(name, file);
      }
    }
    try {
      SymbolLookup.libraryLookup(name, Arena.global());
      return new Finding(name, "found by the system", true);
    } catch (IllegalArgumentException e) {
      return new Finding(name, "missing", false);
    }
  }

  private static Finding load(String name, Path file) {
    try {
      SymbolLookup.libraryLookup(file, Arena.global());
      return new Finding(name, "found at " + file, true);
    } catch (IllegalArgumentException e) {
      return new Finding(name, "found at " + file + ", but it cannot be loaded", false);
    }
  }

  private static List<Path> folders() {
    return Arrays.stream(System.getProperty(PATH_PROPERTY, "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(Path::of)
        .toList();
  }
}
