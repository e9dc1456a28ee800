package dev.dbrx4j.onnx.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.safetensors.Tensor;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/// Quantises a matrix and writes it, some of its rows at a time.
final class QuantisedRows implements AutoCloseable {
  /// Weights that are quantised side by side: their floats stay in a core's cache.
  private static final int TILE_WEIGHTS = 1 << 15;

  /// Bound on the integers that are kept before they are written.
  private static final int BAND_BYTES = 8 << 20;

  /// Blocks whose floats stay in a core's nearest cache.
  private static final int BLOCKS_AT_ONCE = 32;

  private final Arena arena = Arena.ofConfined();
  private final Checkpoint checkpoint;
  private final List<ByteSink> sinks;
  private final Matrix matrix;
  private final BlockFormat format;
  private final ScaleSearch search;
  private final int inputs;
  private final int blocks;
  private final int rowBytes;
  private final int rowsAtOnce;
  private final byte[] integers;
  private final float[] scales;
  private final ByteBuffer output;

  QuantisedRows(Quantised quantised, Checkpoint checkpoint, List<ByteSink> sinks) {
    this.checkpoint = checkpoint;
    this.sinks = sinks;
    matrix = quantised.matrix();
    format = quantised.format();
    search = quantised.search();
    inputs = Math.toIntExact(matrix.inputs());
    blocks = Math.toIntExact(format.blocks(inputs));
    rowBytes = Math.toIntExact(quantised.rowBytes());
    rowsAtOnce = rowsAtOnce();
    integers = new byte[rowsAtOnce * blocks * format.blockBytes()];
    scales = new float[rowsAtOnce * blocks];
    output =
        arena
            .allocate(JAVA_BYTE, Math.max(integers.length, scales.length * Float.BYTES))
            .asByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Rows of a tile, whole groups of alternating ones; or columns of a band.
  private int rowsAtOnce() {
    int parts = matrix.parts().size();
    long rows =
        switch (matrix.order()) {
          case OUTPUT_ROWS -> Math.max(parts, TILE_WEIGHTS / inputs / parts * parts);
          case INPUT_ROWS -> Math.max(1, BAND_BYTES / rowBytes);
        };
    return (int) Math.min(rows, matrix.outputs());
  }

  @Override
  public void close() {
    arena.close();
  }

  /// For matrices that are stored an output a row.
  void writeByRows() {
    FloatReader reader = new FloatReader(checkpoint, arena, rowsAtOnce * inputs);
    float[] floats = new float[rowsAtOnce * inputs];
    BlockTile tile = new BlockTile(format, rowsAtOnce * blocks);
    int count = matrix.parts().size();
    for (long row = 0; row < matrix.outputs(); row += rowsAtOnce) {
      int rows = (int) Math.min(rowsAtOnce, matrix.outputs() - row);
      if (rows < rowsAtOnce) {
        tile = new BlockTile(format, rows * blocks);
      }
      for (int p = 0; p < count; p++) {
        TensorRows part = matrix.parts().get(p);
        Tensor tensor = checkpoint.tensor(part.tensor());
        long first = (part.firstRow() + row / count) * inputs;
        reader.read(tensor, first, rows / count * inputs, floats, 0);
        for (int r = 0; r < rows / count; r++) {
          fillRow(tile, floats, r * inputs, (r * count + p) * blocks);
        }
      }
      quantise(tile, row);
      store(tile, rows * blocks, 0, 1);
      flush(rows);
    }
  }

  /// Spreads a row over its blocks, a few at a time so that what is read stays in the cache.
  private void fillRow(BlockTile tile, float[] row, int offset, int firstBlock) {
    int block = format.block();
    int whole = inputs / block;
    for (int b = 0; b < whole; b += BLOCKS_AT_ONCE) {
      int end = Math.min(whole, b + BLOCKS_AT_ONCE);
      for (int i = 0; i < block; i++) {
        float[] target = tile.weights[i];
        for (int k = b; k < end; k++) {
          target[firstBlock + k] = row[offset + k * block + i];
        }
      }
    }
    for (int i = whole * block; i < inputs; i++) {
      tile.weights[i - whole * block][firstBlock + whole] = row[offset + i];
    }
  }

  /// For matrices that are stored an input a row: takes a band of columns from top to bottom, and
  /// writes it as rows.
  void writeByColumns() {
    FloatReader reader = new FloatReader(checkpoint, arena, rowsAtOnce);
    TensorRows part = matrix.parts().getFirst();
    Tensor tensor = checkpoint.tensor(part.tensor());
    BlockTile tile = new BlockTile(format, rowsAtOnce);
    long width = matrix.outputs();
    for (long column = 0; column < width; column += rowsAtOnce) {
      int columns = (int) Math.min(rowsAtOnce, width - column);
      if (columns < rowsAtOnce) {
        tile = new BlockTile(format, columns);
      }
      for (int b = 0; b < blocks; b++) {
        for (int i = 0; i < format.block(); i++) {
          int input = b * format.block() + i;
          if (input < inputs) {
            long first = (part.firstRow() + input) * width + column;
            reader.read(tensor, first, columns, tile.weights[i], 0);
          } else {
            Arrays.fill(tile.weights[i], 0);
          }
        }
        quantise(tile, column);
        store(tile, columns, b, blocks);
      }
      flush(columns);
    }
  }

  private void quantise(BlockTile tile, long firstOutput) {
    if (!tile.quantise(search)) {
      TensorRows part = matrix.parts().getFirst();
      throw new InvalidModelException(
          "%s: %s has a weight that is infinite, not a number or beyond %.0f, in outputs %d to %d: it cannot be stored in %d bits"
              .formatted(
                  checkpoint.tensor(part.tensor()).file(),
                  matrix.name(),
                  Scales.LARGEST,
                  firstOutput,
                  firstOutput + rowsAtOnce - 1,
                  format.bits()));
    }
  }

  /// Puts the blocks of a tile into their places.
  ///
  /// @param count how many
  /// @param first which place of the first
  /// @param step how many places on the next one is
  private void store(BlockTile tile, int count, int first, int step) {
    int bytes = format.blockBytes();
    for (int b = 0; b < count; b += BLOCKS_AT_ONCE) {
      int end = Math.min(count, b + BLOCKS_AT_ONCE);
      for (int i = 0; i < bytes; i++) {
        byte[] from = tile.stored[i];
        for (int k = b; k < end; k++) {
          integers[(first + k * step) * bytes + i] = from[k];
        }
      }
      for (int k = b; k < end; k++) {
        scales[first + k * step] = tile.scales[k];
      }
    }
  }

  private void flush(int rows) {
    int stride = blocks * format.blockBytes();
    output.clear();
    if (rowBytes == stride) {
      output.put(integers, 0, rows * stride);
    } else {
      for (int row = 0; row < rows; row++) {
        output.put(integers, row * stride, rowBytes);
      }
    }
    sinks.get(Quantised.INTEGERS).write(output.flip());
    int count = rows * blocks;
    output.clear().asFloatBuffer().put(scales, 0, count);
    sinks.get(Quantised.FLOAT_SCALES).write(output.limit(count * Float.BYTES));
    output.clear();
    for (int i = 0; i < count; i++) {
      output.putShort(Float.floatToFloat16(scales[i]));
    }
    sinks.get(Quantised.HALF_SCALES).write(output.flip());
  }
}
