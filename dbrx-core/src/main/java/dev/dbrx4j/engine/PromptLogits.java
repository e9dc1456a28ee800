package dev.dbrx4j.engine;

import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Collects the logits of a prompt's positions from one position to the end, perhaps none.
public final class PromptLogits implements PromptRows {
  private final int from;
  private final int wanted;
  private final int vocabSize;
  private final float[] values;

  /// Makes room.
  ///
  /// @param from the first position wanted
  /// @param to the prompt's length
  /// @param vocabSize scores a position
  public PromptLogits(int from, int to, int vocabSize) {
    this.from = from;
    this.wanted = to - from;
    this.vocabSize = vocabSize;
    this.values = new float[Math.multiplyExact(wanted, vocabSize)];
  }

  /// {@return the scores after one position}
  ///
  /// @param position at least the first wanted
  public float[] row(int position) {
    int offset = (position - from) * vocabSize;
    return Arrays.copyOfRange(values, offset, offset + vocabSize);
  }

  @Override
  public int from() {
    return from;
  }

  /// A pass does not straddle the first wanted position, unless that is the last one.
  @Override
  public int passEnd(int start) {
    return wanted > 1 && start < from ? from : from + wanted;
  }

  @Override
  public LogitsRows rowsFor(int start, int end) {
    if (wanted > 1) {
      return start < from ? LogitsRows.NONE : LogitsRows.ALL;
    }
    return wanted == 1 && end == from + 1 ? LogitsRows.LAST : LogitsRows.NONE;
  }

  @Override
  public void take(Logits logits, int row, int position) {
    if (position >= from && wanted > 0) {
      int offset = (position - from) * vocabSize;
      MemorySegment.copy(logits.row(row), ValueLayout.JAVA_FLOAT, 0, values, offset, vocabSize);
    }
  }
}
