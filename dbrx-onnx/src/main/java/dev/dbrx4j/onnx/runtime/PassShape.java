package dev.dbrx4j.onnx.runtime;

/// What a pass is over.
///
/// @param firstSlot the first of the slots
/// @param count how many slots, neighbours
/// @param tokensEach new tokens in each
/// @param firstRow row of the logits buffer where its logits go
/// @param rows how many rows of logits are wanted
record PassShape(int firstSlot, int count, int tokensEach, int firstRow, int rows) {
  /// {@return whether it is made of these numbers}
  boolean is(int firstSlot, int count, int tokensEach, int firstRow, int rows) {
    return firstSlot == this.firstSlot
        && count == this.count
        && tokensEach == this.tokensEach
        && firstRow == this.firstRow
        && rows == this.rows;
  }

  /// {@return new tokens in all}
  int tokens() {
    return count * tokensEach;
  }

  /// {@return whether it is a decode step of the slots from 0 on, or a piece of one, which come
  /// again and again: each slot's logits go to the row of the same number}
  boolean isCompactDecode() {
    return tokensEach == 1 && firstRow == firstSlot && rows == count;
  }

  /// {@return a number for the CUDA graph of such a decode step: a graph knows addresses, so each
  /// run of slots has its own in each lane}
  ///
  /// @param lane where it runs
  /// @param slots that there are
  int graph(int lane, int slots) {
    return (lane * slots + firstSlot) * (slots + 1) + count;
  }
}
