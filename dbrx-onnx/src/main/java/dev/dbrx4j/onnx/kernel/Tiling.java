package dev.dbrx4j.onnx.kernel;

import java.util.Arrays;

/// Vectors numbered from 0, cut in tiles of up to eight that are multiplied by the same rows.
final class Tiling {
  private int[] first = {0};
  private int tiles;

  /// Starts again with no vectors.
  void clear() {
    tiles = 0;
  }

  /// Adds vectors that share no tile with those before.
  void add(int vectors) {
    int count = Math.ceilDiv(vectors, Tile.MOST_TOKENS);
    if (first.length <= tiles + count) {
      first = Arrays.copyOf(first, Math.max(2 * first.length, tiles + count + 1));
    }
    int end = first[tiles] + vectors;
    for (int i = 0; i < count; i++) {
      first[tiles + 1] = Math.min(first[tiles] + Tile.MOST_TOKENS, end);
      tiles++;
    }
  }

  int tiles() {
    return tiles;
  }

  /// {@return the first vector of a tile}
  int first(int tile) {
    return first[tile];
  }

  int vectors(int tile) {
    return first[tile + 1] - first[tile];
  }
}
