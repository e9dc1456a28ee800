package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.ort.Buffer;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.SharedBuffer;
import dev.dbrx4j.spi.Logits;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// Where sessions leave logits. A decode step's rows always go to the same place, which may be part
/// of a recorded CUDA graph; more rows than that get memory of their own, kept until still more are
/// asked for.
final class LogitsBuffer implements AutoCloseable {
  private final Memory memory;
  private final int vocabSize;
  private final long rowBytes;
  private final int steadyRows;
  private final SharedBuffer steady;
  private @Nullable Arena extraArena;
  private @Nullable SharedBuffer extra;
  private SharedBuffer current;
  private Logits result;

  /// @param owner frees the rows of decode steps when it closes
  /// @param steadyRows rows of a decode step, at most
  LogitsBuffer(Memory memory, Arena owner, int steadyRows, int vocabSize) {
    this.memory = memory;
    this.vocabSize = vocabSize;
    rowBytes = ElementType.FLOAT.byteSize(vocabSize);
    this.steadyRows = steadyRows;
    steady = memory.allocateShared(owner, bytes(steadyRows));
    current = steady;
    result = new Logits(steady.host().asSlice(0, 0), 0, vocabSize);
  }

  private long bytes(int rows) {
    return rows * rowBytes;
  }

  int vocabSize() {
    return vocabSize;
  }

  /// Makes room for a pass's logits. What earlier passes left is lost.
  void reserve(int rows) {
    current = rows <= steadyRows ? steady : extra(bytes(rows));
  }

  private SharedBuffer extra(long bytes) {
    SharedBuffer buffer = extra;
    if (buffer == null || buffer.host().byteSize() < bytes) {
      close();
      Arena arena = Arena.ofShared();
      extraArena = arena;
      buffer = memory.allocateShared(arena, bytes);
      extra = buffer;
    }
    return buffer;
  }

  /// {@return memory of the logits from a row on}
  Buffer from(int row) {
    return current.device().from(bytes(row));
  }

  /// {@return where the logits of a row are}
  long address(int row) {
    return current.device().data().address() + bytes(row);
  }

  /// {@return the first rows of logits, on the host; the same object while the shape stays}
  Logits download(int rows) {
    current.download(bytes(rows));
    if (result.rows() != rows || result.data().address() != current.host().address()) {
      result = new Logits(current.host().asSlice(0, bytes(rows)), rows, vocabSize);
    }
    return result;
  }

  /// Frees the memory of more rows than a decode step has.
  @Override
  public void close() {
    if (extraArena != null) {
      extraArena.close();
      extraArena = null;
      extra = null;
      current = steady;
    }
  }
}
