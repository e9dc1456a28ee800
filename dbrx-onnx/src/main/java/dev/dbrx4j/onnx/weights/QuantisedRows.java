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
    integers = new byte[rowsAtOnce * rowBytes];
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
    int count = matrix.parts().size();
    for (long row = 0; row < matrix.outputs(); row += rowsAtOnce) {
      int rows = (int) Math.min(rowsAtOnce, matrix.outputs() - row);
      BlockTile tile = new BlockTile(format, rows * blocks);
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
      for (int r = 0; r < rows; r++) {
        for (int b = 0; b < blocks; b++) {
          store(tile, r * blocks + b, r, b);
        }
      }
      flush(rows);
    }
  }

  /// Spreads a row over its blocks.
  private void fillRow(BlockTile tile, float[] row, int offset, int firstBlock) {
    int width = tile.blocks();
    for (int b = 0; b < blocks; b++) {
      int from = offset + b * format.block();
      int length = Math.min(format.block(), inputs - b * format.block());
      for (int i = 0, to = firstBlock + b; i < length; i++, to += width) {
        tile.weights[to] = row[from + i];
      }
    }
  }

  /// For matrices that are stored an input a row: takes a band of columns from top to bottom, and
  /// writes it as rows.
  void writeByColumns() {
    FloatReader reader = new FloatReader(checkpoint, arena, rowsAtOnce);
    TensorRows part = matrix.parts().getFirst();
    Tensor tensor = checkpoint.tensor(part.tensor());
    long width = matrix.outputs();
    for (long column = 0; column < width; column += rowsAtOnce) {
      int columns = (int) Math.min(rowsAtOnce, width - column);
      for (int b = 0; b < blocks; b++) {
        BlockTile tile = new BlockTile(format, columns);
        int length = Math.min(format.block(), inputs - b * format.block());
        for (int i = 0; i < length; i++) {
          long row = part.firstRow() + (long) b * format.block() + i;
          reader.read(tensor, row * width + column, columns, tile.weights, i * columns);
        }
        quantise(tile, column);
        for (int c = 0; c < columns; c++) {
          store(tile, c, c, b);
        }
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

  /// Puts a block of a tile into its place in a row.
  private void store(BlockTile tile, int from, int row, int block) {
    scales[row * blocks + block] = tile.scales[from];
    int at = row * rowBytes + block * format.blockBytes();
    int end = Math.min(at + format.blockBytes(), (row + 1) * rowBytes);
    int zero = format.zeroPoint();
    int width = tile.blocks();
    byte[] from8 = tile.integers;
    int i = from;
    if (format.bits() == 8) {
      for (; at < end; at++, i += width) {
        integers[at] = (byte) (from8[i] + zero);
      }
    } else {
      for (; at < end; at++, i += 2 * width) {
        integers[at] = (byte) ((from8[i] + zero) | ((from8[i + width] + zero) << 4));
      }
    }
  }

  private void flush(int rows) {
    output.clear().put(integers, 0, rows * rowBytes);
    sinks.get(Quantised.INTEGERS).write(output.flip());
    int count = rows * blocks;
    output.clear().asFloatBuffer().put(scales, 0, count);
    sinks.get(Quantised.FLOAT_SCALES).write(output.limit(count * Float.BYTES));
    output.clear();
    for (int i = 0; i < count; i++) {
      output.putShort(Float.floatToFloat16(scales[i]));
    }
    sinks.get(Quantised.HALF_SCALES).write(output.flip());
    Arrays.fill(scales, 0, count, 0);
  }
}
