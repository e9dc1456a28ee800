package dev.dbrx4j.onnx.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Room for the products of some rows with a tile of several vectors, for each thread.
final class Scratch {
  private static final int ALIGNMENT = 64;

  private final MemorySegment memory;
  private final long bytes;

  Scratch(WorkerPool pool, int rows) {
    bytes = (long) rows * Tile.MOST_TOKENS * Float.BYTES;
    memory = Arena.ofAuto().allocate(pool.threads() * bytes, ALIGNMENT);
  }

  /// {@return the room of a thread}
  long address(int worker) {
    return memory.address() + worker * bytes;
  }

  /// {@return the product of a row and one of a tile's vectors}
  static float product(long address, int vectors, int row, int vector) {
    return Memory.get(address, row * Tile.rowStride(vectors) + vector);
  }
}
