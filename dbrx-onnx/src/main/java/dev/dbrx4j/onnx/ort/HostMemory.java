package dev.dbrx4j.onnx.ort;

import com.sun.management.OperatingSystemMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;

/// The memory of this machine.
///
/// @param runtime whose allocator is used
record HostMemory(OrtRuntime runtime) implements Memory {
  @Override
  public Buffer allocate(Arena owner, long bytes) {
    return new Buffer(runtime.allocate(owner, bytes), runtime.cpuMemory);
  }

  @Override
  public SharedBuffer allocateShared(Arena owner, long bytes) {
    Buffer both = allocate(owner, bytes);
    return new SharedBuffer(this, both.data(), both);
  }

  @Override
  public void copy(Buffer from, Buffer to, long bytes) {
    MemorySegment.copy(from.data(), 0, to.data(), 0, bytes);
  }

  @Override
  public void write(MemorySegment from, Buffer to, long bytes) {
    MemorySegment.copy(from, 0, to.data(), 0, bytes);
  }

  @Override
  public void read(Buffer from, MemorySegment to, long bytes) {
    MemorySegment.copy(from.data(), 0, to, 0, bytes);
  }

  @Override
  public Room room() {
    var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new Room(system.getFreeMemorySize(), system.getTotalMemorySize());
  }
}
