package dev.dbrx4j.onnx.ort;

import dev.dbrx4j.InvalidModelException;

/// Type of a tensor's elements, of those that DBRX graphs have at their border.
public enum ElementType {
  /// 32-bit IEEE 754.
  FLOAT(1, Float.BYTES),
  /// Unsigned 8 bits.
  UINT8(2, Byte.BYTES),
  /// Signed 32 bits.
  INT32(6, Integer.BYTES),
  /// Signed 64 bits.
  INT64(7, Long.BYTES),
  /// 16-bit IEEE 754.
  FLOAT16(10, Short.BYTES),
  /// The upper half of a 32-bit IEEE 754 number.
  BFLOAT16(16, Short.BYTES);

  final int code;
  final int bytes;

  ElementType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /// {@return bytes of a tensor}
  ///
  /// @param shape its dimensions
  /// @throws ArithmeticException beyond 64 bits
  public long byteSize(long... shape) {
    long size = bytes;
    for (long dimension : shape) {
      size = Math.multiplyExact(size, dimension);
    }
    return size;
  }

  static ElementType ofCode(long code) {
    for (ElementType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new InvalidModelException(
        "the graph has an input or output of ONNX element type " + code + ", which DBRX has not");
  }
}
