package dev.dbrx4j.onnx.weights;

/// How the scale of a block is chosen.
public enum ScaleSearch {
  /// The largest magnitude becomes the largest integer: the usual way, here to compare with.
  ABSMAX(0) {
    @Override
    float[] divisors(BlockFormat format) {
      return new float[] {format.largest()};
    }
  },

  /// The scale with the least squared error of several, negative ones among them, that cut the
  /// largest magnitude off or not; the best is then fitted to its integers.
  LEAST_SQUARES(2) {
    @Override
    float[] divisors(BlockFormat format) {
      return format.bits() == 4 ? INT4_DIVISORS.clone() : INT8_DIVISORS.clone();
    }
  };

  private static final float[] INT4_DIVISORS = {
    7, -7, 7.5f, -7.5f, 8, -8, 8.6f, -8.6f, 9.3f, -9.3f, 10, -10
  };
  private static final float[] INT8_DIVISORS = {127, -127, 127.5f, -127.5f, 128, -128};

  private final int refinements;

  ScaleSearch(int refinements) {
    this.refinements = refinements;
  }

  /// {@return by which numbers to divide a block's largest magnitude for a scale to try}
  abstract float[] divisors(BlockFormat format);

  /// {@return how often to fit the scale to the integers that it gave}
  int refinements() {
    return refinements;
  }
}
