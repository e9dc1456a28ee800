package dev.dbrx4j.onnx.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory that one node after another uses, as large as the largest has needed.
final class Room {
  private static final int ALIGNMENT = 64;

  private MemorySegment memory = MemorySegment.NULL;

  /// {@return the address of so many bytes, whatever they hold}
  long reserve(long bytes) {
    if (memory.byteSize() < bytes) {
      memory = MemorySegment.NULL; // the old one may go first
      memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }
    return memory.address();
  }
}
