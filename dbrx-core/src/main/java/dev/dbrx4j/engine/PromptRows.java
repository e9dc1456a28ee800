package dev.dbrx4j.engine;

import dev.dbrx4j.spi.LogitsRows;
import java.lang.foreign.MemorySegment;

/// What is wanted of the logits that running a prompt gives, a row a position.
interface PromptRows {
  /// The first position whose row is wanted; what comes before may come from another prompt's
  /// cache.
  int from();

  /// Where a pass that starts at a position must end, at the latest.
  int passEnd(int start);

  /// The rows that a pass over positions `start` to `end` is to return.
  LogitsRows rowsFor(int start, int end);

  /// Takes the row of a position.
  void take(MemorySegment row, int position);

  /// Only the last row, to sample the next token from.
  ///
  /// @param promptTokens the prompt's length
  static PromptRows last(int promptTokens) {
    return new PromptRows() {
      @Override
      public int from() {
        return promptTokens - 1;
      }

      @Override
      public int passEnd(int start) {
        return promptTokens;
      }

      @Override
      public LogitsRows rowsFor(int start, int end) {
        return end == promptTokens ? LogitsRows.LAST : LogitsRows.NONE;
      }

      @Override
      public void take(MemorySegment row, int position) {}
    };
  }
}
