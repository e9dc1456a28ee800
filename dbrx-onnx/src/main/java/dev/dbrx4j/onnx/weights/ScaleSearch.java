package dev.dbrx4j.onnx.weights;

/// How the scale of a block is chosen.
///
/// All candidates have the sign that puts the weight of the largest magnitude below zero, where
/// there is one integer more.
public enum ScaleSearch {
  /// The largest magnitude becomes the largest integer: the usual way, here to compare with.
  ABSMAX(0, new float[] {7}, new float[] {127}),

  /// The scale with the least squared error of several, which cut the largest magnitude off or not;
  /// the best is then fitted to the integers that it gave.
  LEAST_SQUARES(2, new float[] {7, 7.5f, 8, 8.5f, 9, 9.6f, 10.4f}, new float[] {127, 127.5f, 128});

  private final int refinements;

  @SuppressWarnings("ImmutableEnumChecker") // never written to
  private final float[] int4Divisors;

  @SuppressWarnings("ImmutableEnumChecker") // never written to
  private final float[] int8Divisors;

  ScaleSearch(int refinements, float[] int4Divisors, float[] int8Divisors) {
    this.refinements = refinements;
    this.int4Divisors = int4Divisors;
    this.int8Divisors = int8Divisors;
  }

  /// {@return by which numbers to divide a block's largest magnitude for a scale to try}
  float[] divisors(BlockFormat format) {
    return format.bits() == 4 ? int4Divisors : int8Divisors;
  }

  /// {@return how often to fit the scale to the integers that it gave}
  int refinements() {
    return refinements;
  }
}
