package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Vectors of activations as integers, in tiles.
final class Activations {
  /// Where a cache line begins.
  private static final int ALIGNMENT = 64;

  private final TileKernel[] kernels = new TileKernel[Tile.MOST_TOKENS + 1];
  private final long tileBytes;
  private final int inputs;
  private final Room room;
  private Tiling tiling = new Tiling();
  private long address;

  /// Prepares to be multiplied by matrices like one.
  Activations(BlockMatrix m, Room room) {
    this.room = room;
    inputs = m.inputs();
    for (int tokens = 1; tokens < kernels.length; tokens++) {
      kernels[tokens] = TileKernel.of(new Tile(inputs, m.bits(), m.block(), tokens));
    }
    long most = kernels[Tile.MOST_TOKENS].tile().bytes();
    tileBytes = Math.ceilDiv(most, ALIGNMENT) * ALIGNMENT;
  }

  /// Makes room for vectors, of which none is kept from before.
  void reserve(Tiling vectors) {
    tiling = vectors;
    address = room.reserve(vectors.tiles() * tileBytes);
  }

  /// Where vectors lie.
  interface Addresses {
    /// {@return the address of a vector's floats}
    ///
    /// @param vector its number
    long of(int vector);
  }

  /// Takes the vectors of a tile.
  ///
  /// @param tile its number
  /// @param addresses tells where they lie
  void set(int tile, Addresses addresses) {
    for (int lane = 0; lane < tiling.vectors(tile); lane++) {
      set(tile, lane, addresses.of(tiling.first(tile) + lane));
    }
  }

  private void set(int tile, int lane, long x) {
    TileKernel kernel = kernels[tiling.vectors(tile)];
    Tile shape = kernel.tile();
    long at = address + tile * tileBytes;
    long corrections = at + shape.correctionsOffset() + (long) lane * shape.correctionBytes();
    for (int i = shape.blocks(); i < shape.correctionBytes() / Float.BYTES; i++) {
      Memory.set(corrections, i, 0);
    }
    int step = shape.groupsPerStep() * shape.group();
    int whole = inputs / step;
    if (whole > 0) {
      kernel.round(x, at, lane, 0, whole);
    }
    int rest = inputs % step;
    if (rest > 0) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment padded = arena.allocate(JAVA_FLOAT, step);
        long from = x + (long) whole * step * Float.BYTES;
        MemorySegment.copy(Memory.ALL, from, padded, 0, (long) rest * Float.BYTES);
        kernel.round(padded.address(), at, lane, whole, 1);
      }
    }
  }

  /// Multiplies rows by the vectors of a tile.
  ///
  /// @param tile its number
  /// @param m a matrix like the one that was given first
  /// @param from the first row
  /// @param rows how many
  /// @param y where the products go
  void multiply(int tile, BlockMatrix m, int from, int rows, long y) {
    kernels[tiling.vectors(tile)].multiply(m, from, rows, address + tile * tileBytes, y);
  }
}
