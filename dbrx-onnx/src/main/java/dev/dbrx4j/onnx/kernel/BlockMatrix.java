package dev.dbrx4j.onnx.kernel;

/// A matrix in blocks of four- or eight-bit integers, where it lies in memory: `weight = scale *
/// (stored - zero point)`, a row an output, each row whole blocks. Four-bit integers lie two a
/// byte, the first in the low bits.
///
/// @param integers address of the integers, `outputs` rows of [#rowBytes]
/// @param scales address of the scales, float32 `[outputs, blocks]`
/// @param outputs rows
/// @param inputs numbers that a row multiplies
/// @param bits of an integer, 4 or 8
/// @param block integers that share a scale: 32, 64 or 128
public record BlockMatrix(
    long integers, long scales, int outputs, int inputs, int bits, int block) {
  private static final int MOST_INPUTS = 1 << 20;

  /// {@return whether kernels take rows of a length}
  ///
  /// @param inputs the length
  /// @param bits of an integer
  /// @param block integers that share a scale
  public static boolean supports(long inputs, int bits, int block) {
    long wholeBlocks = Math.ceilDiv(inputs, block) * block;
    return inputs > 0
        && inputs <= MOST_INPUTS
        && (block == 32 || block == 64 || block == 128)
        && (bits == 8 || (bits == 4 && wholeBlocks % 64 == 0));
  }

  /// {@return scales of a row}
  public int blocks() {
    return Math.ceilDiv(inputs, block);
  }

  /// {@return bytes of a row's integers}
  public long rowBytes() {
    return (long) blocks() * block * bits / Byte.SIZE;
  }

  long integers(int row) {
    return integers + row * rowBytes();
  }

  long scales(int row) {
    return scales + (long) row * blocks() * Float.BYTES;
  }

  /// {@return matrix number `index` of a stack of equal ones, of which this is the first}
  BlockMatrix inStack(int index) {
    return new BlockMatrix(
        integers + (long) index * outputs * rowBytes(),
        scales + (long) index * outputs * blocks() * Float.BYTES,
        outputs,
        inputs,
        bits,
        block);
  }
}
