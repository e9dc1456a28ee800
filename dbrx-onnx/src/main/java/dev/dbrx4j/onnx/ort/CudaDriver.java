package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.dbrx4j.NativeRuntimeException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// NVIDIA's driver library, as far as memory goes: what a machine with a GPU has whatever the
/// version of CUDA. It shares each GPU's primary context with ONNX Runtime, so addresses from one
/// are good for the other.
@SuppressWarnings("restricted") // this package is where native code is called
final class CudaDriver {
  private static final int PINNED_FOR_ALL_CONTEXTS = 1;
  private static final int CAPABILITY_MAJOR = 75;
  private static final int CAPABILITY_MINOR = 76;
  private static final int NAME_BYTES = 256;

  private static @Nullable CudaDriver shared;

  private final SymbolLookup library;
  private final MethodHandle setContext;
  private final MethodHandle copy;
  private final MethodHandle synchronize;

  /// @param library where the functions are
  CudaDriver(SymbolLookup library) {
    this.library = library;
    setContext = handle("cuCtxSetCurrent", ADDRESS);
    copy = handle("cuMemcpy", ADDRESS, ADDRESS, JAVA_LONG);
    synchronize = handle("cuCtxSynchronize");
    call("cuInit", 0);
  }

  /// {@return the driver of this machine}
  ///
  /// @throws NativeRuntimeException if it has none
  static synchronized CudaDriver get() {
    if (shared == null) {
      shared = new CudaDriver(CudaLibraries.driver());
    }
    return shared;
  }

  /// {@return how many GPUs the process may use}
  int gpus() {
    return getInt("cuDeviceGetCount");
  }

  /// {@return the newest CUDA that the driver serves, 12040 for 12.4}
  int cudaVersion() {
    return getInt("cuDriverGetVersion");
  }

  /// {@return the context in which the whole process uses a GPU}
  MemorySegment context(int gpu) {
    if (gpu >= gpus()) {
      throw new NativeRuntimeException(
          "there is no GPU %d: the driver shows %d to this process (CUDA_VISIBLE_DEVICES=%s)"
              .formatted(gpu, gpus(), System.getenv("CUDA_VISIBLE_DEVICES")));
    }
    return getPointer("cuDevicePrimaryCtxRetain", device(gpu));
  }

  private int device(int gpu) {
    return getInt("cuDeviceGet", gpu);
  }

  String description(int gpu) {
    int device = device(gpu);
    int major = getInt("cuDeviceGetAttribute", CAPABILITY_MAJOR, device);
    int minor = getInt("cuDeviceGetAttribute", CAPABILITY_MINOR, device);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(NAME_BYTES);
      call("cuDeviceGetName", name, NAME_BYTES, device);
      return "%s (compute capability %d.%d)".formatted(name.getString(0), major, minor);
    }
  }

  void use(MemorySegment context) {
    int result;
    try {
      result = (int) setContext.invokeExact(context);
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
    check("cuCtxSetCurrent", result);
  }

  Memory.Room room() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment free = arena.allocate(JAVA_LONG);
      MemorySegment total = arena.allocate(JAVA_LONG);
      call("cuMemGetInfo_v2", free, total);
      return new Memory.Room(free.get(JAVA_LONG, 0), total.get(JAVA_LONG, 0));
    }
  }

  MemorySegment allocate(long bytes) {
    return getPointer("cuMemAlloc_v2", Math.max(bytes, 1));
  }

  void free(MemorySegment data) {
    call("cuMemFree_v2", data);
  }

  MemorySegment allocatePinned(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      call("cuMemHostAlloc", out, Math.max(bytes, 1), PINNED_FOR_ALL_CONTEXTS);
      return out.get(ADDRESS, 0);
    }
  }

  void freePinned(MemorySegment host) {
    call("cuMemFreeHost", host);
  }

  void fillWithZeros(MemorySegment data) {
    if (data.byteSize() > 0) {
      call("cuMemsetD8_v2", data, (byte) 0, data.byteSize());
      synchronize();
    }
  }

  /// Copies between any two of device, pinned and ordinary memory: the driver tells addresses
  /// apart.
  void copy(MemorySegment from, MemorySegment to) {
    int result;
    try {
      result = (int) copy.invokeExact(to, from, from.byteSize());
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
    check("cuMemcpy", result);
    synchronize(); // a copy within a device returns before it is done
  }

  private void synchronize() {
    int result;
    try {
      result = (int) synchronize.invokeExact();
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
    check("cuCtxSynchronize", result);
  }

  private int getInt(String function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      call(function, prepended(out, arguments));
      return out.get(JAVA_INT, 0);
    }
  }

  private MemorySegment getPointer(String function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(ADDRESS);
      call(function, prepended(out, arguments));
      return out.get(ADDRESS, 0);
    }
  }

  private static Object[] prepended(Object first, Object... rest) {
    Object[] all = new Object[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  /// Calls a function that is not called often.
  private void call(String function, Object... arguments) {
    MemoryLayout[] parameters = new MemoryLayout[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      parameters[i] =
          switch (arguments[i]) {
            case Integer _ -> JAVA_INT;
            case Long _ -> JAVA_LONG;
            case Byte _ -> JAVA_BYTE;
            default -> ADDRESS;
          };
    }
    int result;
    try {
      result = (int) handle(function, parameters).invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw OrtApi.unexpected(e);
    }
    check(function, result);
  }

  private MethodHandle handle(String function, MemoryLayout... parameters) {
    MemorySegment address =
        library
            .find(function)
            .orElseThrow(() ->
                new NativeRuntimeException(
                    "NVIDIA's driver has no function " + function + ": install a newer driver"));
    return Linker.nativeLinker()
        .downcallHandle(address, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  private void check(String function, int result) {
    if (result != 0) {
      throw new NativeRuntimeException(
          "NVIDIA's driver failed in %s: error %d%s"
              .formatted(function, result, result == 2 ? ", out of memory" : ""));
    }
  }
}
