package dev.dbrx4j.onnx.x86;

/// What the last operand of a vector instruction may be.
public sealed interface Operand {
  /// A vector register of 256 bits.
  ///
  /// @param number 0 to 15
  record Ymm(int number) implements Operand {}

  /// Memory.
  ///
  /// @param base holds an address
  /// @param displacement bytes after it
  record Address(Register base, int displacement) implements Operand {}
}
