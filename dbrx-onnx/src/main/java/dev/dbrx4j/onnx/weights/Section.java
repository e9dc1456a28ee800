package dev.dbrx4j.onnx.weights;

import dev.dbrx4j.onnx.safetensors.DType;
import java.util.List;

/// A stretch of `weights.bin`: one tensor and the padding after it. Sections follow one another
/// without gaps, so every byte of the file belongs to one.
///
/// @param name the tensor's name in the graph
/// @param dtype element type, little-endian
/// @param shape dimensions, outermost first, row-major
/// @param offset first byte in the file
/// @param bytes length, padding included
public record Section(String name, DType dtype, List<Long> shape, long offset, long bytes) {
  /// {@return bytes of the tensor, without the padding}
  public long tensorBytes() {
    return tensorBytes(dtype, shape);
  }

  /// {@return offset of the first byte after the section}
  public long end() {
    return offset + bytes;
  }

  /// {@return bytes of a tensor}
  ///
  /// @param dtype element type
  /// @param shape dimensions
  public static long tensorBytes(DType dtype, List<Long> shape) {
    return shape.stream().reduce((long) dtype.bytes(), Math::multiplyExact);
  }
}
