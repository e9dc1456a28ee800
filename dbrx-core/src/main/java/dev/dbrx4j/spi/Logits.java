package dev.dbrx4j.spi;

import java.lang.foreign.MemorySegment;

/// Next-token scores, float32 in native byte order, `[rows, vocabSize]` without gaps. The memory
/// belongs to the runner: it may be overwritten by the caller (logits processors do) and is valid
/// until the runner's next call.
///
/// @param data the scores
/// @param rows sequences or positions
/// @param vocabSize scores a row
public record Logits(MemorySegment data, int rows, int vocabSize) {
  /// {@return one row's scores}
  ///
  /// @param index the row, from 0
  public MemorySegment row(int index) {
    long bytes = (long) vocabSize * Float.BYTES;
    return data.asSlice(index * bytes, bytes);
  }
}
