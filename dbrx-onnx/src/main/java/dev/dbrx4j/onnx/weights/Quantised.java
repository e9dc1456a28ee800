package dev.dbrx4j.onnx.weights;

import dev.dbrx4j.onnx.safetensors.Checkpoint;
import java.util.List;

/// A matrix as blocks of integers, an output a row, whatever its order in the checkpoint. Where it
/// consists of several parts, their rows alternate: row 0 of each, row 1 of each, and so on.
///
/// | part | what | shape |
/// |---|---|---|
/// | [#INTEGERS] | the integers | `[outputs, rowBytes]` bytes |
/// | [#FLOAT_SCALES] | the scales in float32 | `[outputs, blocks]` |
/// | [#HALF_SCALES] | the same in float16 | `[outputs, blocks]` |
///
/// @param matrix what to store
/// @param format how
/// @param wholeBlocks whether a row keeps the unused end of its last block
/// @param search how scales are chosen
public record Quantised(Matrix matrix, BlockFormat format, boolean wholeBlocks, ScaleSearch search)
    implements SectionContent {
  /// The integers.
  public static final int INTEGERS = 0;

  /// The scales in float32.
  public static final int FLOAT_SCALES = 1;

  /// The scales in float16.
  public static final int HALF_SCALES = 2;

  /// {@return bytes of a row's integers}
  public long rowBytes() {
    return wholeBlocks
        ? format.blocks(matrix.inputs()) * format.blockBytes()
        : matrix.inputs() * format.bits() / Byte.SIZE;
  }

  @Override
  public int partCount() {
    return 3;
  }

  @Override
  public void writeTo(Checkpoint checkpoint, List<ByteSink> sinks) {
    try (QuantisedRows rows = new QuantisedRows(this, checkpoint, sinks)) {
      switch (matrix.order()) {
        case OUTPUT_ROWS -> rows.writeByRows();
        case INPUT_ROWS -> rows.writeByColumns();
      }
    }
  }
}
