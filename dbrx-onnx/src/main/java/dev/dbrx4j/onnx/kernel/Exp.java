package dev.dbrx4j.onnx.kernel;

/// `e^x` in float arithmetic, within two units in the last place; Java's own is a double's and
/// takes several times as long.
@SuppressWarnings("FloatingPointLiteralPrecision") // the coefficients are rounded to float
final class Exp {
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float ROUND = 0x1.8p23f;

  private Exp() {}

  /// {@return e^x; 0 or infinity beyond what float32 holds}
  static float of(float x) {
    if (!(x < 88.7f)) {
      return x >= 88.7f ? Float.POSITIVE_INFINITY : x;
    }
    if (x < -87.3f) {
      return 0;
    }
    float n = (x * LOG2_E + ROUND) - ROUND;
    float r = (x - n * LN2_HIGH) - n * LN2_LOW;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1;
    return p * Float.intBitsToFloat(((int) n + 127) << 23);
  }
}
