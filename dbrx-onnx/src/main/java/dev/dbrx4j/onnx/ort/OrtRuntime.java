package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.NativeRuntimeException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The ONNX Runtime of this process: its library, checked, and its environment.
///
/// Neither is ever released. Freeing the environment at exit, under a thread that still runs, is
/// how ONNX Runtime's own Java binding crashes on SIGTERM; the operating system takes it all back.
@SuppressWarnings("restricted") // this package is where native code is called
public final class OrtRuntime {
  /// The version that this library is built and tested with.
  public static final String VERSION = "1.29.0";

  /// The oldest version that has every function in use; later ones than [#VERSION] have them too.
  static final String OLDEST = "1.28.0";

  /// What `GetApi` is asked for: the minor part of [#OLDEST].
  static final int API_VERSION = 28;

  /// Failures come back as statuses; ONNX Runtime would also print each to standard error.
  private static final int LOG_FATAL_ONLY = 4;

  private static final int DEVICE_ALLOCATOR = 0;
  private static final int MEMORY_DEFAULT = 0;

  private static @Nullable OrtRuntime shared;

  final OrtApi api;
  final MemorySegment environment;
  final MemorySegment cpuMemory;
  private final String version;
  private final Path library;

  private OrtRuntime(OrtApi api, String version, Path library) {
    this.api = api;
    this.version = version;
    this.library = library;
    try (Arena arena = Arena.ofShared()) {
      MemorySegment name = arena.allocateFrom("dbrx4j");
      environment = DeepStack.call(() -> api.get(OrtFunction.CREATE_ENV, LOG_FATAL_ONLY, name));
    }
    cpuMemory = api.get(OrtFunction.CREATE_CPU_MEMORY_INFO, DEVICE_ALLOCATOR, MEMORY_DEFAULT);
  }

  /// {@return the runtime of this process, loaded at the first call that succeeds}
  ///
  /// @param cacheFolder where the Maven artifact's library is copied to
  /// @throws NativeRuntimeException if there is no library for this platform, or an unusable one
  /// @throws ModelIoException if the cache folder cannot be written
  public static synchronized OrtRuntime get(Path cacheFolder) {
    if (shared == null) {
      shared = load(OrtLibraryFile.find(cacheFolder));
    }
    return shared;
  }

  /// {@return the version that the library tells of itself}
  public String version() {
    return version;
  }

  /// Makes CUDA ready to be used by sessions: brings the provider of a GPU artifact beside the
  /// library and looks for everything that it needs.
  ///
  /// @throws NativeRuntimeException telling of each library whether and where it was found
  /// @throws ModelIoException if the provider cannot be copied to the cache folder
  public void requireCuda() {
    requireProviders();
    CudaLibraries.require(library);
  }

  /// Brings the providers of the artifact on the class path beside the library.
  ///
  /// @throws ModelIoException if they cannot be copied to the cache folder
  public void requireProviders() {
    if (System.getProperty(OrtLibraryFile.PATH_PROPERTY) == null) {
      OrtLibraryFile.extractProviders(
          Platform.current(), OrtRuntime.class.getClassLoader(), library);
    }
  }

  /// {@return the library's file, beside which its providers lie}
  Path library() {
    return library;
  }

  /// {@return the memory of this machine, which sessions on the processor use}
  public Memory hostMemory() {
    return new HostMemory(this);
  }

  /// {@return the memory of a GPU}
  ///
  /// @param gpu its number
  /// @throws NativeRuntimeException if there is no such GPU or no driver
  public CudaMemory cudaMemory(int gpu) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info =
          api.get(
              OrtFunction.CREATE_MEMORY_INFO,
              arena.allocateFrom("Cuda"),
              DEVICE_ALLOCATOR,
              gpu,
              MEMORY_DEFAULT);
      return new CudaMemory(CudaDriver.get(), gpu, info);
    }
  }

  /// Allocates memory that the operating system provides as it is touched. Its contents are
  /// undefined.
  ///
  /// @param owner frees it when it closes
  /// @param bytes how much
  /// @return the memory
  /// @throws NativeRuntimeException if there is not enough
  public MemorySegment allocate(Arena owner, long bytes) {
    MemorySegment allocator = api.get(OrtFunction.GET_ALLOCATOR_WITH_DEFAULT_OPTIONS);
    return api.get(OrtFunction.ALLOCATOR_ALLOC, allocator, bytes)
        .reinterpret(
            bytes, owner, memory -> api.call(OrtFunction.ALLOCATOR_FREE, allocator, memory));
  }

  static OrtRuntime load(Path library) {
    try {
      MemorySegment getApiBase =
          open(library)
              .find("OrtGetApiBase")
              .orElseThrow(
                  () -> new NativeRuntimeException(library + " is not an ONNX Runtime library"));
      return of((MemorySegment) function(getApiBase, FunctionDescriptor.of(ADDRESS)), library);
    } catch (IllegalCallerException e) {
      throw new NativeRuntimeException(
          "this process may not call native code: start Java with --enable-native-access="
              + moduleName(),
          e);
    }
  }

  /// @param apiBase the library's `OrtApiBase` structure: `GetApi`, `GetVersionString`
  static OrtRuntime of(MemorySegment apiBase, Path library) {
    MemorySegment base = apiBase.reinterpret(2 * ADDRESS.byteSize());
    MemorySegment getVersion = base.getAtIndex(ADDRESS, 1);
    String version =
        OrtApi.string((MemorySegment) function(getVersion, FunctionDescriptor.of(ADDRESS)));
    if (Version.parse(version).compareTo(Version.parse(OLDEST)) < 0) {
      throw new NativeRuntimeException(
          "%s is ONNX Runtime %s, and %s or later is needed: depend on %s, or let system property %s name a newer one"
              .formatted(
                  library,
                  version,
                  OLDEST,
                  OrtLibraryFile.COORDINATES,
                  OrtLibraryFile.PATH_PROPERTY));
    }
    FunctionDescriptor getApi = FunctionDescriptor.of(ADDRESS, JAVA_INT);
    MemorySegment table =
        (MemorySegment) function(base.getAtIndex(ADDRESS, 0), getApi, API_VERSION);
    return new OrtRuntime(
        new OrtApi(table.reinterpret(OrtFunction.SLOTS * ADDRESS.byteSize())), version, library);
  }

  private static SymbolLookup open(Path library) {
    try {
      return SymbolLookup.libraryLookup(library, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new NativeRuntimeException(
          "the ONNX Runtime library %s cannot be loaded: %s. Depend on %s, or set system property %s to a folder that holds one for %s"
              .formatted(
                  library,
                  whyNotLoaded(library),
                  OrtLibraryFile.COORDINATES,
                  OrtLibraryFile.PATH_PROPERTY,
                  Platform.current().name()),
          e);
    }
  }

  /// The lookup does not say why it failed; loading the library the other way does.
  private static String whyNotLoaded(Path library) {
    try {
      System.load(library.toString());
      return "unknown reason";
    } catch (UnsatisfiedLinkError e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static Object function(
      MemorySegment address, FunctionDescriptor descriptor, Object... arguments) {
    try {
      return Linker.nativeLinker()
          .downcallHandle(address, descriptor)
          .invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
  }

  private static String moduleName() {
    Module module = OrtRuntime.class.getModule();
    return module.isNamed() ? module.getName() : "ALL-UNNAMED";
  }
}
