package dev.dbrx4j.onnx.weights;

/// Blocks of integers that share a scale: `weight = scale * (stored - zeroPoint)`. Four-bit
/// integers lie two a byte, the first in the low bits. This is what `MatMulNBits` and `QMoE` read.
///
/// @param bits 4 or 8
/// @param block integers in a block: 32, 64 or 128
public record BlockFormat(int bits, int block) {
  /// {@return what stands for zero: 8 or 128}
  public int zeroPoint() {
    return 1 << (bits - 1);
  }

  /// {@return the least integer, zero point taken off}
  public int least() {
    return -zeroPoint();
  }

  /// {@return the largest integer, zero point taken off}
  public int largest() {
    return zeroPoint() - 1;
  }

  /// {@return bytes of a block's integers}
  public int blockBytes() {
    return block * bits / Byte.SIZE;
  }

  /// {@return blocks that a row takes, the last of which may be partly empty}
  ///
  /// @param inputs length of the row
  public long blocks(long inputs) {
    return Math.ceilDiv(inputs, block);
  }
}
