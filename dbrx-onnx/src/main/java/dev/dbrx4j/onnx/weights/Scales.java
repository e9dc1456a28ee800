package dev.dbrx4j.onnx.weights;

/// Which numbers scales may be: those with eight significant bits that are also multiples of 2^-24.
/// They are exact in float32, float16 and bfloat16 alike, so every kernel can have them in its own
/// type and all compute with the same weights.
final class Scales {
  /// The largest such number that float16 holds.
  static final float LARGEST = 65280;

  private Scales() {}

  /// {@return the nearest scale}
  static float rounded(float x) {
    int bits = Float.floatToRawIntBits(x);
    int upper = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000; // as bfloat16 rounds
    float magnitude = Math.min(LARGEST, Math.abs(Float.intBitsToFloat(upper)));
    float multiple = magnitude + 0.5f - 0.5f; // floats from a half to one are multiples of 2^-24
    return Math.copySign(multiple, x);
  }
}
