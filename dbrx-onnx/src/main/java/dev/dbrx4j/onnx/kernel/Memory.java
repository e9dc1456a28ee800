package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/// Native memory by address. What is read and written here was checked against the sizes of
/// [BlockMatrix] and of ONNX Runtime's tensors before.
final class Memory {
  @SuppressWarnings("restricted") // the operators' inputs and outputs are raw addresses
  static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private Memory() {}

  /// {@return float number `index` from an address on}
  static float get(long address, long index) {
    return ALL.get(JAVA_FLOAT_UNALIGNED, address + index * Float.BYTES);
  }

  /// Sets float number `index` from an address on.
  static void set(long address, long index, float value) {
    ALL.set(JAVA_FLOAT_UNALIGNED, address + index * Float.BYTES, value);
  }
}
