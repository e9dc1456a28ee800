package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.OrtBinding;
import dev.dbrx4j.onnx.ort.OrtSession;

/// A binding of the graph's inputs and outputs for passes over one run of slots, and what it is
/// bound to. A pass of the same shape as the one before binds nothing.
final class Pass {
  private final OrtBinding binding;
  private final PassBuffers buffers;
  private final KvCache cache;
  private int firstSlot = -1;
  private int count = -1;
  private int tokensEach = -1;
  private int logitsRows = -1;
  private long logitsAddress;

  Pass(OrtSession session, PassBuffers buffers, KvCache cache) {
    this.binding = session.newBinding();
    this.buffers = buffers;
    this.cache = cache;
    binding.input(GraphContract.TOTAL_SEQUENCE_LENGTH, buffers.total(), ElementType.INT32);
  }

  /// {@return the binding, for the new tokens of `count` slots from `firstSlot` on}
  ///
  /// @param tokensEach new tokens in each slot
  /// @param firstRow row of the logits buffer where this pass's logits go
  /// @param rows how many
  OrtBinding bind(int firstSlot, int count, int tokensEach, int firstRow, int rows) {
    if (firstSlot != this.firstSlot || count != this.count) {
      bindSlots(firstSlot, count);
    }
    if (tokensEach != this.tokensEach) {
      bindTokens(tokensEach);
    }
    if (rows != logitsRows || buffers.logitsAddress(firstRow) != logitsAddress) {
      bindLogits(firstRow, rows);
    }
    return binding;
  }

  private void bindSlots(int firstSlot, int count) {
    cache.bind(binding, firstSlot, count);
    binding.input(GraphContract.SEQLENS_K, buffers.lastPositions(), ElementType.INT32, count);
    this.firstSlot = firstSlot;
    this.count = count;
    this.tokensEach = -1;
  }

  private void bindTokens(int tokensEach) {
    binding.input(GraphContract.INPUT_IDS, buffers.tokens(), ElementType.INT64, count, tokensEach);
    this.tokensEach = tokensEach;
  }

  private void bindLogits(int firstRow, int rows) {
    binding.input(GraphContract.LOGITS_ROWS, buffers.rows(), ElementType.INT64, rows);
    binding.output(
        GraphContract.LOGITS,
        buffers.logitsFrom(firstRow),
        ElementType.FLOAT,
        rows,
        buffers.vocabSize());
    this.logitsRows = rows;
    this.logitsAddress = buffers.logitsAddress(firstRow);
  }
}
