package dev.dbrx4j.spi;

import java.lang.foreign.MemorySegment;

/// Logits in the program's reach.
///
/// @param data the scores
/// @param rows sequences or positions
/// @param vocabSize scores a row
record LogitsHere(MemorySegment data, int rows, int vocabSize) implements Logits {
  @Override
  public MemorySegment row(int index) {
    long bytes = (long) vocabSize * Float.BYTES;
    return data.asSlice(index * bytes, bytes);
  }
}
