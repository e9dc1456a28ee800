package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.ort.Buffer;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.SharedBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Where sessions leave rows of numbers. A decode step's rows always go to the same place, which
/// may be part of a recorded CUDA graph; more rows than that get memory of their own, kept until
/// still more are asked for.
final class RowsBuffer implements AutoCloseable {
  private final Memory memory;
  private final long rowBytes;
  private final int steadyRows;
  private final SharedBuffer steady;
  private @Nullable Arena extraArena;
  private @Nullable SharedBuffer extra;
  private SharedBuffer current;

  /// @param owner frees the rows of decode steps when it closes
  /// @param steadyRows rows of a decode step, at most
  RowsBuffer(Memory memory, Arena owner, int steadyRows, long rowBytes) {
    this.memory = memory;
    this.rowBytes = rowBytes;
    this.steadyRows = steadyRows;
    steady = memory.allocateShared(owner, steadyRows * rowBytes);
    current = steady;
  }

  /// Makes room for a pass's rows. What earlier passes left is lost.
  void reserve(int rows) {
    current = rows <= steadyRows ? steady : extra(rows * rowBytes);
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

  /// {@return memory of the rows from one on, as sessions see it}
  Buffer from(int row) {
    return current.device().from(row * rowBytes);
  }

  /// {@return where a row is, as sessions see it}
  long address(int row) {
    return current.device().data().address() + row * rowBytes;
  }

  /// Brings rows to the program.
  void download(int first, int count) {
    current.download(first * rowBytes, count * rowBytes);
  }

  /// {@return rows as they were brought}
  MemorySegment host(int first, int count) {
    return current.host().asSlice(first * rowBytes, count * rowBytes);
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
