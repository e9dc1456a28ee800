package dev.dbrx4j.onnx.weights;

import java.util.Arrays;

/// Blocks being quantised side by side. Element `i` of block `b` is at `[i][b]`, and every loop
/// runs along the blocks with one index for all arrays and writes one of them: so the compiler
/// makes vector instructions of it. A sum along a block would have to keep its order.
final class BlockTile {
  private final BlockFormat format;

  /// The weights, `[block][blocks]`, filled in by the user; what no weight fills must be zero.
  final float[][] weights;

  /// The scales found, `[blocks]`.
  final float[] scales;

  /// The integers found as they are stored, `[blockBytes][blocks]`.
  final byte[][] stored;

  private final float[] least;
  private final float[] most;
  private final float[] scale;
  private final float[] inverse;
  private final float[] error;
  private final float[] leastError;
  private final float[] squares;
  private final byte[] integers;

  /// @param format what to make
  /// @param blocks how many
  BlockTile(BlockFormat format, int blocks) {
    this.format = format;
    weights = new float[format.block()][blocks];
    stored = new byte[format.blockBytes()][blocks];
    scales = new float[blocks];
    least = new float[blocks];
    most = new float[blocks];
    scale = new float[blocks];
    inverse = new float[blocks];
    error = new float[blocks];
    leastError = new float[blocks];
    squares = new float[blocks];
    integers = new byte[blocks];
  }

  /// Finds scales and integers of all blocks.
  ///
  /// @param search how to choose the scales
  /// @return false if a weight is not a number or too large
  boolean quantise(ScaleSearch search) {
    findExtremes();
    for (int b = 0; b < least.length; b++) {
      if (!(least[b] >= -Scales.LARGEST && most[b] <= Scales.LARGEST)) {
        return false;
      }
    }
    Arrays.fill(leastError, Float.POSITIVE_INFINITY);
    for (float divisor : search.divisors(format)) {
      scaleExtremes(divisor);
      tryScale();
    }
    for (int i = 0; i < search.refinements(); i++) {
      fitScale();
      tryScale();
    }
    store();
    return true;
  }

  /// {@return sum of the squared errors of each block, after [#quantise]}
  float[] squaredErrors() {
    return leastError;
  }

  private void findExtremes() {
    Arrays.fill(least, 0);
    Arrays.fill(most, 0);
    for (float[] row : weights) {
      lower(row, least);
      raise(row, most);
    }
  }

  private static void lower(float[] weights, float[] least) {
    for (int b = 0; b < least.length; b++) {
      least[b] = Math.min(least[b], weights[b]);
    }
  }

  private static void raise(float[] weights, float[] most) {
    for (int b = 0; b < most.length; b++) {
      most[b] = Math.max(most[b], weights[b]);
    }
  }

  /// Sets scales so that the extreme weights become `-divisor`.
  private void scaleExtremes(float divisor) {
    for (int b = 0; b < scale.length; b++) {
      float extreme = -least[b] >= most[b] ? least[b] : most[b];
      scale[b] = extreme / -divisor;
    }
  }

  /// Takes the scales in `scale` for those blocks where they fit better than any before.
  private void tryScale() {
    round(scale, inverse);
    Arrays.fill(error, 0);
    for (float[] row : weights) {
      addErrors(row, format.least(), format.largest(), scale, inverse, error);
    }
    for (int b = 0; b < error.length; b++) {
      boolean better = error[b] < leastError[b];
      leastError[b] = better ? error[b] : leastError[b];
      scales[b] = better ? scale[b] : scales[b];
    }
  }

  private static void addErrors(
      float[] weights, float least, float most, float[] scale, float[] inverse, float[] error) {
    for (int b = 0; b < error.length; b++) {
      float integer = Math.max(least, Math.min(most, nearest(weights[b] * inverse[b])));
      float difference = weights[b] - integer * scale[b];
      error[b] += difference * difference;
    }
  }

  /// For the integers that the best scales give, sets `scale` to those that fit them best: the
  /// minimum over s of the sum of (w - s q)^2 is at sum(w q) / sum(q^2).
  private void fitScale() {
    round(scales, inverse);
    Arrays.fill(scale, 0);
    Arrays.fill(squares, Float.MIN_NORMAL);
    for (float[] row : weights) {
      addProducts(row, format.least(), format.largest(), inverse, scale);
      addSquares(row, format.least(), format.largest(), inverse, squares);
    }
    for (int b = 0; b < scale.length; b++) {
      scale[b] /= squares[b];
    }
  }

  private static void addProducts(
      float[] weights, float least, float most, float[] inverse, float[] products) {
    for (int b = 0; b < products.length; b++) {
      float integer = Math.max(least, Math.min(most, nearest(weights[b] * inverse[b])));
      products[b] += weights[b] * integer;
    }
  }

  private static void addSquares(
      float[] weights, float least, float most, float[] inverse, float[] squares) {
    for (int b = 0; b < squares.length; b++) {
      float integer = Math.max(least, Math.min(most, nearest(weights[b] * inverse[b])));
      squares[b] += integer * integer;
    }
  }

  private void store() {
    round(scales, inverse);
    if (format.bits() == 8) {
      for (int i = 0; i < stored.length; i++) {
        integers(weights[i], format, inverse, stored[i]);
      }
      return;
    }
    for (int i = 0; i < stored.length; i++) {
      integers(weights[2 * i], format, inverse, stored[i]);
      integers(weights[2 * i + 1], format, inverse, integers);
      addUpperHalves(integers, stored[i]);
    }
  }

  private static void integers(
      float[] weights, BlockFormat format, float[] inverse, byte[] integers) {
    float zero = format.zeroPoint();
    float most = 2 * zero - 1;
    for (int b = 0; b < integers.length; b++) {
      float integer = Math.max(0, Math.min(most, nearest(weights[b] * inverse[b]) + zero));
      integers[b] = (byte) (int) integer;
    }
  }

  private static void addUpperHalves(byte[] upper, byte[] bytes) {
    for (int b = 0; b < bytes.length; b++) {
      bytes[b] |= (byte) (upper[b] << 4);
    }
  }

  /// Rounds scales to what will be stored, and sets their inverses, that of zero to zero.
  private static void round(float[] scale, float[] inverse) {
    for (int b = 0; b < scale.length; b++) {
      scale[b] = Scales.rounded(scale[b]);
    }
    for (int b = 0; b < inverse.length; b++) {
      inverse[b] = scale[b] / (scale[b] * scale[b] + Float.MIN_NORMAL);
    }
  }

  /// Rounds to the nearest integer as addition does: at this size a float has no fraction.
  private static float nearest(float x) {
    float shift = 0x1.8p23f;
    return (x + shift) - shift;
  }
}
