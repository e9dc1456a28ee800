package dev.dbrx4j.sampling;

/// Floats as ints that compare alike: negative infinity is the least int, every NaN is greater than
/// positive infinity. An integer maximum is vectorised by the compiler where a float one is not,
/// and finds NaN on the way.
final class FloatOrder {
  private static final int NEGATIVE_INFINITY_OFFSET = 0x7fffff;

  private FloatOrder() {}

  static int key(int floatBits) {
    return (floatBits ^ ((floatBits >> 31) & 0x7fffffff)) - NEGATIVE_INFINITY_OFFSET;
  }

  static float value(int key) {
    int bits = key + NEGATIVE_INFINITY_OFFSET;
    return Float.intBitsToFloat(bits ^ ((bits >> 31) & 0x7fffffff));
  }
}
