package dev.dbrx4j.engine;

import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;

/// What is wanted of the logits that running a prompt gives, a row a position.
public interface PromptRows {
  /// {@return the first position whose row is wanted; what comes before may come from another
  /// prompt's cache}
  int from();

  /// {@return where a pass must end, at the latest}
  ///
  /// @param start the position that it starts at
  int passEnd(int start);

  /// {@return the rows that a pass is to return}
  ///
  /// @param start the position that it starts at
  /// @param end the position after its last
  LogitsRows rowsFor(int start, int end);

  /// Takes the row of a position.
  ///
  /// @param logits the pass's
  /// @param row the position's row in them
  /// @param position the position
  void take(Logits logits, int row, int position);

  /// {@return only the last row, to sample the next token from}
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
      public void take(Logits logits, int row, int position) {}
    };
  }
}
