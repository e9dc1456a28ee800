package dev.dbrx4j.onnx.runtime;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// How much memory this process can have at the very most.
final class MachineMemory {
  private MachineMemory() {}

  /// {@return bytes of the machine's memory, or of the container's where that has a limit; what the
  /// Java heap may grow to is subtracted}
  static long bytesBesidesHeap() {
    return totalBytes() - Runtime.getRuntime().maxMemory();
  }

  private static long totalBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
