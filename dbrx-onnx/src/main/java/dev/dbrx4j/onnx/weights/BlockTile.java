package dev.dbrx4j.onnx.weights;

/// Blocks being quantised side by side. Element `i` of block `b` is at `i * blocks + b`, so that
/// every loop below runs along the blocks, over which the compiler can spread vector instructions:
/// a sum along a block would have to keep its order.
final class BlockTile {
  private final BlockFormat format;
  private final int blocks;

  /// The weights, filled in by the user; what no weight fills must be zero.
  final float[] weights;

  /// The scales found.
  final float[] scales;

  /// The integers found, zero point taken off.
  final byte[] integers;

  private final float[] scale;
  private final float[] inverse;
  private final float[] error;
  private final float[] best;
  private final float[] products;
  private final float[] squares;

  /// @param format what to make
  /// @param blocks how many blocks it holds
  BlockTile(BlockFormat format, int blocks) {
    this.format = format;
    this.blocks = blocks;
    weights = new float[format.block() * blocks];
    integers = new byte[weights.length];
    scales = new float[blocks];
    scale = new float[blocks];
    inverse = new float[blocks];
    error = new float[blocks];
    best = new float[blocks];
    products = new float[blocks];
    squares = new float[blocks];
  }

  int blocks() {
    return blocks;
  }

  /// Finds scales and integers of all blocks.
  ///
  /// @param search how to choose the scales
  /// @return false if a weight is not a number or too large
  boolean quantise(ScaleSearch search) {
    float[] largest = largestMagnitudes();
    for (float magnitude : largest) {
      if (!(magnitude <= Scales.LARGEST)) {
        return false;
      }
    }
    java.util.Arrays.fill(best, Float.POSITIVE_INFINITY);
    for (float divisor : search.divisors(format)) {
      for (int b = 0; b < blocks; b++) {
        scale[b] = largest[b] / divisor;
      }
      tryScale();
    }
    for (int i = 0; i < search.refinements(); i++) {
      fitScale();
      tryScale();
    }
    round();
    return true;
  }

  /// {@return sum of the squared errors of each block, after [#quantise]}
  float[] squaredErrors() {
    return best.clone();
  }

  private float[] largestMagnitudes() {
    float[] largest = error;
    java.util.Arrays.fill(largest, 0);
    for (int i = 0; i < format.block(); i++) {
      int row = i * blocks;
      for (int b = 0; b < blocks; b++) {
        largest[b] = Math.max(largest[b], Math.abs(weights[row + b]));
      }
    }
    return largest.clone();
  }

  /// Takes the scales in `scale` for those blocks where they fit better than any before.
  private void tryScale() {
    prepare(scale);
    java.util.Arrays.fill(error, 0);
    float least = format.least();
    float most = format.largest();
    for (int i = 0; i < format.block(); i++) {
      int row = i * blocks;
      for (int b = 0; b < blocks; b++) {
        float weight = weights[row + b];
        float integer = Math.max(least, Math.min(most, nearest(weight * inverse[b])));
        float difference = weight - integer * scale[b];
        error[b] += difference * difference;
      }
    }
    for (int b = 0; b < blocks; b++) {
      if (error[b] < best[b]) {
        best[b] = error[b];
        scales[b] = scale[b];
      }
    }
  }

  /// For the integers that the best scales give, sets `scale` to those that fit them best: the
  /// minimum over s of the sum of (w - s q)^2 is at sum(w q) / sum(q^2).
  private void fitScale() {
    prepare(scales);
    java.util.Arrays.fill(products, 0);
    java.util.Arrays.fill(squares, Float.MIN_NORMAL);
    float least = format.least();
    float most = format.largest();
    for (int i = 0; i < format.block(); i++) {
      int row = i * blocks;
      for (int b = 0; b < blocks; b++) {
        float weight = weights[row + b];
        float integer = Math.max(least, Math.min(most, nearest(weight * inverse[b])));
        products[b] += weight * integer;
        squares[b] += integer * integer;
      }
    }
    for (int b = 0; b < blocks; b++) {
      scale[b] = products[b] / squares[b];
    }
  }

  private void round() {
    prepare(scales);
    float least = format.least();
    float most = format.largest();
    for (int i = 0; i < format.block(); i++) {
      int row = i * blocks;
      for (int b = 0; b < blocks; b++) {
        float integer = nearest(weights[row + b] * inverse[b]);
        integers[row + b] = (byte) (int) Math.max(least, Math.min(most, integer));
      }
    }
  }

  /// Rounds scales to what will be stored and takes their inverses.
  private void prepare(float[] chosen) {
    for (int b = 0; b < blocks; b++) {
      float rounded = Scales.rounded(chosen[b]);
      chosen[b] = rounded;
      inverse[b] = rounded == 0 ? 0 : 1 / rounded;
    }
  }

  /// Rounds to the nearest integer as addition does: at this size a float has no fraction.
  private static float nearest(float x) {
    float shift = 0x1.8p23f;
    return (x + shift) - shift;
  }
}
