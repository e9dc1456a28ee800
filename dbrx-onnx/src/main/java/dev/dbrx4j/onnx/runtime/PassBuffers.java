package dev.dbrx4j.onnx.runtime;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.dbrx4j.onnx.ort.Buffer;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.SharedBuffer;
import dev.dbrx4j.spi.LogitsRows;
import java.lang.foreign.Arena;

/// The memory of a pass's small inputs, shared by all passes that run one after another.
final class PassBuffers {
  private final SharedBuffer tokens;
  private final SharedBuffer rows;
  private final SharedBuffer lastPositions;

  /// Kernels want it on the host whatever the device.
  private final Buffer total;

  /// @param memory where the session runs
  /// @param host the memory of this machine
  /// @param owner frees the memory when it closes
  /// @param maxTokens new tokens in a pass, at most
  /// @param slots sequences in a pass, at most
  PassBuffers(Memory memory, Memory host, Arena owner, int maxTokens, int slots) {
    tokens = memory.allocateShared(owner, JAVA_LONG.byteSize() * maxTokens);
    rows = memory.allocateShared(owner, JAVA_LONG.byteSize() * maxTokens);
    lastPositions = memory.allocateShared(owner, JAVA_INT.byteSize() * slots);
    total = host.allocate(owner, JAVA_INT.byteSize());
  }

  Buffer tokens() {
    return tokens.device();
  }

  Buffer rows() {
    return rows.device();
  }

  Buffer lastPositions() {
    return lastPositions.device();
  }

  Buffer total() {
    return total;
  }

  void setToken(int index, int token) {
    tokens.host().setAtIndex(JAVA_LONG, index, token);
  }

  /// Sets where a sequence's last new token stands; the pass's total length follows the largest
  /// since the sequence with index 0.
  void setLastPosition(int index, int position) {
    lastPositions.host().setAtIndex(JAVA_INT, index, position);
    int before = index == 0 ? 0 : total.data().get(JAVA_INT, 0);
    setTotal(Math.max(before, position + 1));
  }

  /// Sets the pass's total length: at least that of the fullest slot.
  void setTotal(int length) {
    total.data().set(JAVA_INT, 0, length);
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
      rows.host().setAtIndex(JAVA_LONG, row - first, row);
    }
    return tokenCount - first;
  }

  /// Takes what was set to the device.
  void upload(PassShape shape) {
    tokens.upload(JAVA_LONG.byteSize() * shape.tokens());
    rows.upload(JAVA_LONG.byteSize() * shape.rows());
    lastPositions.upload(JAVA_INT.byteSize() * shape.count());
  }
}
