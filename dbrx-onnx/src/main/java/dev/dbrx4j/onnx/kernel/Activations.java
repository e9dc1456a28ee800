package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

/// Vectors of activations as integers, in the order in which [BlockKernel] multiplies them.
///
/// A kernel reads sixteen 16-bit lanes of weights at once. A lane holds `n` integers, `n` = 4 of
/// four bits or 2 of eight: `x = w0 + 2^b w1 + ...`. The products are summed without taking the
/// lane apart, because 16-bit arithmetic is modulo 2^16 and the sum fits:
///
/// ```
/// w0 a0 + w1 a1 + ... = x a0 + (x >>> b) (a1 - 2^b a0) + (x >>> 2b) (a2 - 2^b a1) + ...
/// ```
///
/// So stored are, for each load of sixteen lanes, the `n` factors, and what takes off the weights'
/// zero point, `-zeroPoint (a0 + a1 + ...)`. The sum fits if activations are at most 1,023 beside
/// four-bit weights (`4 * 8 * 1023 < 2^15`) and 127 beside eight-bit ones (`2 * 128 * 127 < 2^15`).
/// Each group of 64 activations has a scale, its largest magnitude divided by that bound.
final class Activations {
  static final int LANES = 16;

  /// A float plus this has no fraction; the integer stands in its low bits.
  private static final float ROUND = 0x1.8p23f;

  private final int bits;
  private final int most;
  private final int inputs;

  /// Shorts of a group: per load the factors, then the zero point's part.
  private final int groupShorts;

  private short[] factors = {};
  private float[] scales = {};

  Activations(int inputs, int bits) {
    this.inputs = inputs;
    this.bits = bits;
    most = bits == 4 ? 1023 : 127;
    int perLane = Short.SIZE / bits;
    groupShorts = BlockMatrix.GROUP / perLane * (perLane + 1);
  }

  /// Makes room for so many vectors.
  void reserve(int vectors) {
    int groups = vectors * (inputs / BlockMatrix.GROUP);
    if (scales.length < groups) {
      factors = new short[groups * groupShorts];
      scales = new float[groups];
    }
  }

  short[] factors() {
    return factors;
  }

  float[] scales() {
    return scales;
  }

  /// {@return where the factors of a vector begin}
  int factorsOf(int vector) {
    return scalesOf(vector) * groupShorts;
  }

  /// {@return where the scales of a vector begin}
  int scalesOf(int vector) {
    return vector * (inputs / BlockMatrix.GROUP);
  }

  /// Takes a vector.
  ///
  /// @param vector its number
  /// @param address where its floats lie
  void set(int vector, long address) {
    for (int group = 0; group < inputs / BlockMatrix.GROUP; group++) {
      long at = address + (long) group * BlockMatrix.GROUP * Float.BYTES;
      float largest = 0;
      for (int i = 0; i < BlockMatrix.GROUP; i++) {
        largest = Math.max(largest, Math.abs(float32(at, i)));
      }
      float inverse = largest == 0 ? 0 : most / largest;
      int index = scalesOf(vector) + group;
      scales[index] = largest / most;
      if (bits == 4) {
        setInt4(at, inverse, index * groupShorts);
      } else {
        setInt8(at, inverse, index * groupShorts);
        setInt8(at + 32 * Float.BYTES, inverse, index * groupShorts + 3 * LANES);
      }
    }
  }

  private void setInt4(long at, float inverse, int to) {
    for (int lane = 0; lane < LANES; lane++) {
      int a0 = rounded(float32(at, 4 * lane) * inverse);
      int a1 = rounded(float32(at, 4 * lane + 1) * inverse);
      int a2 = rounded(float32(at, 4 * lane + 2) * inverse);
      int a3 = rounded(float32(at, 4 * lane + 3) * inverse);
      factors[to + lane] = (short) a0;
      factors[to + LANES + lane] = (short) (a1 - 16 * a0);
      factors[to + 2 * LANES + lane] = (short) (a2 - 16 * a1);
      factors[to + 3 * LANES + lane] = (short) (a3 - 16 * a2);
      factors[to + 4 * LANES + lane] = (short) (-8 * (a0 + a1 + a2 + a3));
    }
  }

  private void setInt8(long at, float inverse, int to) {
    for (int lane = 0; lane < LANES; lane++) {
      int a0 = rounded(float32(at, 2 * lane) * inverse);
      int a1 = rounded(float32(at, 2 * lane + 1) * inverse);
      factors[to + lane] = (short) a0;
      factors[to + LANES + lane] = (short) (a1 - 256 * a0);
      factors[to + 2 * LANES + lane] = (short) (-128 * (a0 + a1));
    }
  }

  private static float float32(long address, int index) {
    return Memory.ALL.get(JAVA_FLOAT_UNALIGNED, address + (long) index * Float.BYTES);
  }

  private static int rounded(float x) {
    return Float.floatToRawIntBits(x + ROUND) << 10 >> 10;
  }
}
