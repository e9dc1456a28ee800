package dev.dbrx4j.onnx.runtime;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The native memory of a pass's small inputs and of its logits, shared by all passes.
final class PassBuffers implements AutoCloseable {
  private final OrtRuntime runtime;
  private final int vocabSize;
  private final MemorySegment tokens;
  private final MemorySegment rows;
  private final MemorySegment lastPositions;
  private final MemorySegment total;
  private @Nullable Arena logitsArena;
  private MemorySegment logits = MemorySegment.NULL;
  private Logits result = new Logits(logits, 0, 0);

  /// @param owner frees the inputs' memory when it closes
  /// @param maxTokens new tokens in a pass, at most
  /// @param slots sequences in a pass, at most
  PassBuffers(OrtRuntime runtime, Arena owner, int maxTokens, int slots, int vocabSize) {
    this.runtime = runtime;
    this.vocabSize = vocabSize;
    tokens = owner.allocate(JAVA_LONG, maxTokens);
    rows = owner.allocate(JAVA_LONG, maxTokens);
    lastPositions = owner.allocate(JAVA_INT, slots);
    total = owner.allocate(JAVA_INT);
    reserveLogits(slots);
  }

  MemorySegment tokens() {
    return tokens;
  }

  MemorySegment rows() {
    return rows;
  }

  MemorySegment lastPositions() {
    return lastPositions;
  }

  MemorySegment total() {
    return total;
  }

  int vocabSize() {
    return vocabSize;
  }

  void setToken(int index, int token) {
    tokens.setAtIndex(JAVA_LONG, index, token);
  }

  /// Sets where a sequence's last new token stands; the pass's total length follows the largest
  /// since the sequence with index 0.
  void setLastPosition(int index, int position) {
    lastPositions.setAtIndex(JAVA_INT, index, position);
    int before = index == 0 ? 0 : total.get(JAVA_INT, 0);
    total.set(JAVA_INT, 0, Math.max(before, position + 1));
  }

  /// Selects the rows of a pass over `tokenCount` tokens whose logits are wanted.
  ///
  /// @return how many
  int select(LogitsRows wanted, int tokenCount) {
    int first =
        switch (wanted) {
          case NONE -> tokenCount;
          case LAST -> tokenCount - 1;
          case ALL -> 0;
        };
    for (int row = first; row < tokenCount; row++) {
      rows.setAtIndex(JAVA_LONG, row - first, row);
    }
    return tokenCount - first;
  }

  /// Makes room for logits. What earlier passes left is lost.
  void reserveLogits(int rows) {
    long bytes = ElementType.FLOAT.byteSize(rows, vocabSize);
    if (bytes > logits.byteSize()) {
      close();
      logitsArena = Arena.ofShared();
      logits = runtime.allocate(logitsArena, bytes);
    }
  }

  /// {@return memory of the logits from a row on}
  MemorySegment logitsFrom(int row) {
    return logits.asSlice(ElementType.FLOAT.byteSize(row, vocabSize));
  }

  /// {@return where the logits of a row are}
  long logitsAddress(int row) {
    return logits.address() + ElementType.FLOAT.byteSize(row, vocabSize);
  }

  /// {@return the first rows of logits; the same object while the shape stays}
  Logits logits(int rows) {
    if (result.rows() != rows || result.data().address() != logits.address()) {
      long bytes = ElementType.FLOAT.byteSize(rows, vocabSize);
      result = new Logits(logits.asSlice(0, bytes), rows, vocabSize);
    }
    return result;
  }

  /// Frees the logits.
  @Override
  public void close() {
    if (logitsArena != null) {
      logitsArena.close();
      logitsArena = null;
      logits = MemorySegment.NULL;
    }
  }
}
