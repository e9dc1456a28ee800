package dev.dbrx4j.onnx.kernel;

import static dev.dbrx4j.onnx.kernel.Activations.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.I2F;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// Multiplies rows of a [BlockMatrix] by [Activations]. Methods are small, so that the compiler
/// keeps every vector in a register: it gives up inlining in larger ones.
final class BlockKernel {
  private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_256;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
  private static final VectorMask<Float> UPPER = VectorMask.fromLong(FLOATS, 0xf0);
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private BlockKernel() {}

  /// Multiplies rows by a vector.
  ///
  /// @param m the matrix
  /// @param from first row
  /// @param to row after the last
  /// @param a activations of the matrix's width and bits
  /// @param vector which of them
  /// @param y takes the products
  /// @param at where the first goes
  static void multiply(
      BlockMatrix m, int from, int to, Activations a, int vector, float[] y, int at) {
    short[] factors = a.factors();
    float[] scales = a.scales();
    int factor = a.factorsOf(vector);
    int scale = a.scalesOf(vector);
    int groups = m.groups();
    for (int row = from; row < to; row++) {
      long w = m.integers(row);
      long s = m.scales(row);
      y[at + row - from] =
          m.bits() == 4
              ? m.block() == 32
                  ? int4By32(w, s, groups, factors, factor, scales, scale)
                  : int4(w, s, shift(m), groups, factors, factor, scales, scale)
              : m.block() == 32
                  ? int8By32(w, s, groups, factors, factor, scales, scale)
                  : int8(w, s, shift(m), groups, factors, factor, scales, scale);
    }
  }

  /// Groups of a block, as a power of two.
  private static int shift(BlockMatrix m) {
    return m.block() / BlockMatrix.GROUP - 1;
  }

  private static float int4(
      long w, long s, int shift, int groups, short[] factors, int factor, float[] xs, int x) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int g = 0; g < groups; g++) {
      FloatVector products = widened(int4Lanes(w + g * 32L, factors, factor + g * 5 * LANES));
      sum = products.fma(broadcast(s, g >> shift, xs[x + g]), sum);
    }
    return sum.reduceLanes(ADD);
  }

  /// The lower half of the lanes belongs to one block, the upper half to the next.
  private static float int4By32(
      long w, long s, int groups, short[] factors, int factor, float[] xs, int x) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int g = 0; g < groups; g++) {
      FloatVector products = widened(int4Lanes(w + g * 32L, factors, factor + g * 5 * LANES));
      FloatVector scale =
          broadcast(s, 2 * g, xs[x + g]).blend(broadcast(s, 2 * g + 1, xs[x + g]), UPPER);
      sum = products.fma(scale, sum);
    }
    return sum.reduceLanes(ADD);
  }

  private static float int8(
      long w, long s, int shift, int groups, short[] factors, int factor, float[] xs, int x) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int g = 0; g < groups; g++) {
      IntVector first = int8Lanes(w + g * 64L, factors, factor + g * 6 * LANES);
      IntVector second = int8Lanes(w + g * 64L + 32, factors, factor + g * 6 * LANES + 3 * LANES);
      IntVector pairs = lower(first).add(lower(second)).add(upper(first).add(upper(second)));
      FloatVector products = (FloatVector) pairs.convertShape(I2F, FLOATS, 0);
      sum = products.fma(broadcast(s, g >> shift, xs[x + g]), sum);
    }
    return sum.reduceLanes(ADD);
  }

  private static float int8By32(
      long w, long s, int groups, short[] factors, int factor, float[] xs, int x) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int g = 0; g < 2 * groups; g++) {
      IntVector lanes = int8Lanes(w + g * 32L, factors, factor + g * 3 * LANES);
      IntVector pairs = lower(lanes).add(upper(lanes));
      FloatVector products = (FloatVector) pairs.convertShape(I2F, FLOATS, 0);
      sum = products.fma(broadcast(s, g, xs[x + (g >> 1)]), sum);
    }
    return sum.reduceLanes(ADD);
  }

  /// Sums of four products each, in sixteen lanes.
  private static ShortVector int4Lanes(long w, short[] factors, int f) {
    ShortVector x = ShortVector.fromMemorySegment(SHORTS, Memory.ALL, w, ORDER);
    return x.mul(ShortVector.fromArray(SHORTS, factors, f))
        .add(x.lanewise(LSHR, 4).mul(ShortVector.fromArray(SHORTS, factors, f + LANES)))
        .add(x.lanewise(LSHR, 8).mul(ShortVector.fromArray(SHORTS, factors, f + 2 * LANES)))
        .add(x.lanewise(LSHR, 12).mul(ShortVector.fromArray(SHORTS, factors, f + 3 * LANES)))
        .add(ShortVector.fromArray(SHORTS, factors, f + 4 * LANES));
  }

  /// Sums of two products each, in sixteen lanes.
  private static IntVector int8Lanes(long w, short[] factors, int f) {
    ShortVector x = ShortVector.fromMemorySegment(SHORTS, Memory.ALL, w, ORDER);
    return x.mul(ShortVector.fromArray(SHORTS, factors, f))
        .add(x.lanewise(LSHR, 8).mul(ShortVector.fromArray(SHORTS, factors, f + LANES)))
        .add(ShortVector.fromArray(SHORTS, factors, f + 2 * LANES))
        .reinterpretAsInts();
  }

  /// Adds neighbouring lanes and converts the eight sums.
  private static FloatVector widened(ShortVector lanes) {
    IntVector pairs = lanes.reinterpretAsInts();
    return (FloatVector) lower(pairs).add(upper(pairs)).convertShape(I2F, FLOATS, 0);
  }

  private static IntVector lower(IntVector pairs) {
    return pairs.lanewise(LSHL, 16).lanewise(ASHR, 16);
  }

  private static IntVector upper(IntVector pairs) {
    return pairs.lanewise(ASHR, 16);
  }

  private static FloatVector broadcast(long scales, int block, float activationScale) {
    float scale = Memory.ALL.get(JAVA_FLOAT_UNALIGNED, scales + (long) block * Float.BYTES);
    return FloatVector.broadcast(FLOATS, scale * activationScale);
  }
}
