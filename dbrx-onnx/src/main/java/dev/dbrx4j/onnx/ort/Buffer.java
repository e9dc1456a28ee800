package dev.dbrx4j.onnx.ort;

import java.lang.foreign.MemorySegment;

/// Memory of a device, as sessions see it. The program must not look into it: the address may be
/// one of a GPU.
///
/// @param data the address and the size
/// @param info what ONNX Runtime calls the memory that it lies in
public record Buffer(MemorySegment data, MemorySegment info) {
  /// {@return bytes in it}
  public long byteSize() {
    return data.byteSize();
  }

  /// {@return a part of it}
  ///
  /// @param offset first byte
  /// @param bytes how many
  public Buffer slice(long offset, long bytes) {
    return new Buffer(data.asSlice(offset, bytes), info);
  }

  /// {@return the rest of it}
  ///
  /// @param offset first byte
  public Buffer from(long offset) {
    return new Buffer(data.asSlice(offset), info);
  }
}
