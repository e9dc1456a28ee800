package dev.dbrx4j.onnx.ort;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The memory of one GPU, and pinned memory of this machine that it copies from and to without a
/// detour.
@SuppressWarnings("restricted") // this package is where native code is called
public final class CudaMemory implements Memory {
  private final CudaDriver driver;
  private final int gpu;
  private final MemorySegment info;
  private final MemorySegment context;

  /// @param info what ONNX Runtime calls this memory
  CudaMemory(CudaDriver driver, int gpu, MemorySegment info) {
    this.driver = driver;
    this.gpu = gpu;
    this.info = info;
    this.context = driver.context(gpu);
  }

  /// {@return the GPU's name, such as `NVIDIA H200`, and compute capability}
  public String description() {
    return driver.description(gpu);
  }

  @Override
  public Buffer allocate(Arena owner, long bytes) {
    use();
    MemorySegment data = driver.allocate(bytes).reinterpret(bytes, owner, this::free);
    driver.fillWithZeros(data);
    return new Buffer(data, info);
  }

  private void free(MemorySegment data) {
    use();
    driver.free(data);
  }

  @Override
  public SharedBuffer allocateShared(Arena owner, long bytes) {
    Buffer device = allocate(owner, bytes);
    MemorySegment host =
        driver.allocatePinned(bytes).reinterpret(bytes, owner, this::freePinned).fill((byte) 0);
    return new SharedBuffer(this, host, device);
  }

  private void freePinned(MemorySegment host) {
    use();
    driver.freePinned(host);
  }

  @Override
  public void copy(Buffer from, Buffer to, long bytes) {
    copy(from.data(), to.data(), bytes);
  }

  @Override
  public void write(MemorySegment from, Buffer to, long bytes) {
    copy(from, to.data(), bytes);
  }

  @Override
  public void read(Buffer from, MemorySegment to, long bytes) {
    copy(from.data(), to, bytes);
  }

  private void copy(MemorySegment from, MemorySegment to, long bytes) {
    use();
    driver.copy(from.asSlice(0, bytes), to.asSlice(0, bytes));
  }

  @Override
  public Room room() {
    use();
    return driver.room();
  }

  /// A thread's calls go to the GPU that it chose last, and ONNX Runtime chooses too.
  private void use() {
    driver.use(context);
  }
}
