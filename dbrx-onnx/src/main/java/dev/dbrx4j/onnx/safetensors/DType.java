package dev.dbrx4j.onnx.safetensors;

/// An element type, by its name in safetensors headers.
public enum DType {
  /// 64-bit float
  F64(8),
  /// 32-bit float
  F32(4),
  /// 16-bit float with 5 exponent bits
  F16(2),
  /// 16-bit float with 8 exponent bits, the upper half of an F32
  BF16(2),
  /// signed 64-bit integer
  I64(8),
  /// signed 32-bit integer
  I32(4),
  /// signed 16-bit integer
  I16(2),
  /// signed 8-bit integer
  I8(1),
  /// unsigned 8-bit integer
  U8(1),
  /// one byte, 0 or 1
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /// {@return bytes an element}
  public int bytes() {
    return bytes;
  }

  /// {@return whether weights may have this type}
  public boolean isWeight() {
    return this == F32 || this == F16 || this == BF16;
  }
}
