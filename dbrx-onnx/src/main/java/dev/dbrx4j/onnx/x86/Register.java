package dev.dbrx4j.onnx.x86;

/// The general registers of 64 bits.
public enum Register {
  RAX(0),
  RCX(1),
  RDX(2),
  RBX(3),
  RSP(4),
  RBP(5),
  RSI(6),
  RDI(7),
  R8(8),
  R9(9),
  R10(10),
  R11(11),
  R12(12),
  R13(13),
  R14(14),
  R15(15);

  final int number;

  Register(int number) {
    this.number = number;
  }

  /// {@return the memory at this register plus some bytes}
  ///
  /// @param displacement the bytes
  public Operand.Address plus(int displacement) {
    return new Operand.Address(this, displacement);
  }
}
