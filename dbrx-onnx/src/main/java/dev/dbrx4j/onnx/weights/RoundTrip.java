package dev.dbrx4j.onnx.weights;

import java.util.Arrays;

/// What quantising makes of weights, to measure it by.
///
/// @param format how they are stored
/// @param search how scales are chosen
public record RoundTrip(BlockFormat format, ScaleSearch search) {
  /// Replaces the weights of a row by what is stored for them.
  ///
  /// @param row an output's weights
  public void apply(float[] row) {
    int blocks = Math.toIntExact(format.blocks(row.length));
    BlockTile tile = new BlockTile(format, blocks);
    for (int i = 0; i < row.length; i++) {
      tile.weights[i % format.block()][i / format.block()] = row[i];
    }
    if (!tile.quantise(search)) {
      throw new IllegalArgumentException("not to be stored: " + Arrays.toString(row));
    }
    for (int i = 0; i < row.length; i++) {
      int bit = i % format.block() * format.bits();
      int block = i / format.block();
      int stored = Byte.toUnsignedInt(tile.stored[bit / Byte.SIZE][block]) >> (bit % Byte.SIZE);
      int integer = (stored & ((1 << format.bits()) - 1)) - format.zeroPoint();
      row[i] = integer * tile.scales[block];
    }
  }
}
