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
    float spread = x * 0x10001;
    float eightBits = spread - (spread - x); // Veltkamp's splitting
    float bounded = Math.max(-LARGEST, Math.min(LARGEST, eightBits));
    return bounded + 0.75f - 0.75f; // floats from a half to one are multiples of 2^-24
  }
}
