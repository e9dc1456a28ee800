package dev.dbrx4j.onnx.kernel;

import java.lang.foreign.MemorySegment;

/// Native memory by address. What is read and written here was checked against the sizes of
/// [BlockMatrix] and of ONNX Runtime's tensors before; a check at every load would cost a third of
/// the speed.
final class Memory {
  @SuppressWarnings("restricted") // the operators' inputs and outputs are raw addresses
  static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private Memory() {}
}
