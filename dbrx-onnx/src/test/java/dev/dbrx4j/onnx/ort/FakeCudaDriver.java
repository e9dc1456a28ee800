package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/// NVIDIA's driver library with one GPU whose memory is this machine's, but not the program's: new
/// memory is full of not-a-numbers, and only what is copied gets across. So what a runner does with
/// a GPU's memory is tested without one.
@SuppressWarnings({"restricted", "unused"}) // called by name
public final class FakeCudaDriver {
  private static final int INVALID_VALUE = 1;
  private static final int OUT_OF_MEMORY = 2;

  /// What the GPU has.
  public static final long TOTAL_BYTES = 256L << 20;

  private final Arena arena = Arena.ofShared();
  private final Map<Long, Arena> allocations = new ConcurrentHashMap<>();
  private final Map<Long, Long> deviceBytes = new ConcurrentHashMap<>();
  private final AtomicLong copied = new AtomicLong();
  private final AtomicInteger copiesUntilAction = new AtomicInteger();
  private BooleanSupplier action = () -> true;
  private final ThreadLocal<Long> context = ThreadLocal.withInitial(() -> 0L);

  private static final Map<String, MemoryLayout[]> FUNCTIONS =
      Map.ofEntries(
          Map.entry("cuInit", new MemoryLayout[] {JAVA_INT}),
          Map.entry("cuDriverGetVersion", new MemoryLayout[] {ADDRESS}),
          Map.entry("cuDeviceGetCount", new MemoryLayout[] {ADDRESS}),
          Map.entry("cuDeviceGet", new MemoryLayout[] {ADDRESS, JAVA_INT}),
          Map.entry("cuDeviceGetAttribute", new MemoryLayout[] {ADDRESS, JAVA_INT, JAVA_INT}),
          Map.entry("cuDeviceGetName", new MemoryLayout[] {ADDRESS, JAVA_INT, JAVA_INT}),
          Map.entry("cuDevicePrimaryCtxRetain", new MemoryLayout[] {ADDRESS, JAVA_INT}),
          Map.entry("cuCtxSetCurrent", new MemoryLayout[] {ADDRESS}),
          Map.entry("cuCtxSynchronize", new MemoryLayout[] {}),
          Map.entry("cuMemGetInfo_v2", new MemoryLayout[] {ADDRESS, ADDRESS}),
          Map.entry("cuMemAlloc_v2", new MemoryLayout[] {ADDRESS, JAVA_LONG}),
          Map.entry("cuMemFree_v2", new MemoryLayout[] {ADDRESS}),
          Map.entry("cuMemHostAlloc", new MemoryLayout[] {ADDRESS, JAVA_LONG, JAVA_INT}),
          Map.entry("cuMemFreeHost", new MemoryLayout[] {ADDRESS}),
          Map.entry("cuMemsetD8_v2", new MemoryLayout[] {ADDRESS, JAVA_BYTE, JAVA_LONG}),
          Map.entry("cuMemcpy", new MemoryLayout[] {ADDRESS, ADDRESS, JAVA_LONG}));

  /// {@return the memory of its GPU, in which sessions on the processor can work}
  public CudaMemory memory() {
    return new CudaMemory(driver(), 0, TestRuntime.runtime().cpuMemory);
  }

  CudaDriver driver() {
    return new CudaDriver(this::find);
  }

  /// {@return bytes on the GPU that are not freed}
  public long allocatedBytes() {
    return deviceBytes.values().stream().mapToLong(Long::longValue).sum();
  }

  /// {@return allocations, on the GPU and pinned, that are not freed}
  public int allocations() {
    return allocations.size();
  }

  /// {@return bytes copied so far}
  public long copiedBytes() {
    return copied.get();
  }

  /// Does something at a copy to come.
  ///
  /// @param copies which, from 1
  /// @param then what to do; whether the copy is to succeed
  public void onCopy(int copies, BooleanSupplier then) {
    action = then;
    copiesUntilAction.set(copies);
  }

  private Optional<MemorySegment> find(String function) {
    MemoryLayout[] parameters = FUNCTIONS.get(function);
    if (parameters == null) {
      return Optional.empty();
    }
    FunctionDescriptor descriptor = FunctionDescriptor.of(JAVA_INT, parameters);
    MethodType type = descriptor.toMethodType();
    try {
      return Optional.of(
          Linker.nativeLinker()
              .upcallStub(MethodHandles.lookup().bind(this, function, type), descriptor, arena));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(function, e);
    }
  }

  int cuInit(int flags) {
    return 0;
  }

  int cuDriverGetVersion(MemorySegment out) {
    return put(out, 12080);
  }

  int cuDeviceGetCount(MemorySegment out) {
    return put(out, 1);
  }

  int cuDeviceGet(MemorySegment out, int ordinal) {
    return ordinal == 0 ? put(out, 7) : INVALID_VALUE;
  }

  int cuDeviceGetAttribute(MemorySegment out, int attribute, int device) {
    return put(out, attribute == 75 ? 9 : 0);
  }

  int cuDeviceGetName(MemorySegment out, int length, int device) {
    out.reinterpret(length).setString(0, "NVIDIA Imaginary");
    return 0;
  }

  int cuDevicePrimaryCtxRetain(MemorySegment out, int device) {
    out.reinterpret(8).set(JAVA_LONG, 0, 4711);
    return device == 7 ? 0 : INVALID_VALUE;
  }

  int cuCtxSetCurrent(MemorySegment wanted) {
    context.set(wanted.address());
    return 0;
  }

  int cuCtxSynchronize() {
    return inContext();
  }

  int cuMemGetInfo_v2(MemorySegment free, MemorySegment total) {
    free.reinterpret(8).set(JAVA_LONG, 0, TOTAL_BYTES - allocatedBytes());
    total.reinterpret(8).set(JAVA_LONG, 0, TOTAL_BYTES);
    return inContext();
  }

  int cuMemAlloc_v2(MemorySegment out, long bytes) {
    if (bytes > TOTAL_BYTES - allocatedBytes()) {
      return OUT_OF_MEMORY;
    }
    deviceBytes.put(allocate(out, bytes), bytes);
    return inContext();
  }

  int cuMemHostAlloc(MemorySegment out, long bytes, int flags) {
    allocate(out, bytes);
    return inContext();
  }

  private long allocate(MemorySegment out, long bytes) {
    Arena owner = Arena.ofShared();
    MemorySegment memory = owner.allocate(bytes, 64).fill((byte) 0xff);
    allocations.put(memory.address(), owner);
    out.reinterpret(8).set(ADDRESS, 0, memory);
    return memory.address();
  }

  int cuMemFree_v2(MemorySegment data) {
    return deviceBytes.remove(data.address()) == null ? INVALID_VALUE : cuMemFreeHost(data);
  }

  int cuMemFreeHost(MemorySegment data) {
    Arena owner = allocations.remove(data.address());
    if (owner == null) {
      return INVALID_VALUE;
    }
    owner.close();
    return inContext();
  }

  int cuMemsetD8_v2(MemorySegment data, byte value, long bytes) {
    data.reinterpret(bytes).fill(value);
    return inContext();
  }

  int cuMemcpy(MemorySegment to, MemorySegment from, long bytes) {
    copied.addAndGet(bytes);
    if (copiesUntilAction.getAndDecrement() == 1 && !action.getAsBoolean()) {
      return INVALID_VALUE;
    }
    to.reinterpret(bytes).copyFrom(from.reinterpret(bytes));
    return inContext();
  }

  private int inContext() {
    return context.get() == 4711 ? 0 : 201; // as the driver says of a thread without a context
  }

  private static int put(MemorySegment out, int value) {
    out.reinterpret(4).set(JAVA_INT, 0, value);
    return 0;
  }
}
