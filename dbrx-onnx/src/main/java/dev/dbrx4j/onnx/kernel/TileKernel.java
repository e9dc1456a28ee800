package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.dbrx4j.onnx.x86.MachineCode;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The code that works on one kind of tile, written once in a process.
final class TileKernel {
  private static final MethodHandle PRODUCT = function(5);
  private static final MethodHandle ROUNDING = function(6);
  private static final Map<Tile, TileKernel> WRITTEN = new ConcurrentHashMap<>();

  private final Tile tile;
  private final MemorySegment product;
  private final MemorySegment rounding;
  private final MemorySegment constants;

  private TileKernel(Tile tile) {
    this.tile = tile;
    product = MachineCode.executable(ProductCode.of(tile));
    rounding = MachineCode.executable(RoundingCode.of(tile));
    constants = RoundingConstants.of(tile.bits());
  }

  static TileKernel of(Tile tile) {
    return WRITTEN.computeIfAbsent(tile, TileKernel::new);
  }

  Tile tile() {
    return tile;
  }

  /// Multiplies rows of a matrix by a tile.
  ///
  /// @param m a matrix like the tile's
  /// @param from the first row
  /// @param rows how many, at least one
  /// @param address of the tile
  /// @param y address of the products, a row [Tile#rowStride] after the one before
  void multiply(BlockMatrix m, int from, int rows, long address, long y) {
    try {
      PRODUCT.invokeExact(product, m.integers(from), m.scales(from), address, y, (long) rows);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /// Rounds some steps of a vector.
  ///
  /// @param x address of the vector
  /// @param address of the tile
  /// @param lane number of the vector in it
  /// @param from the first step
  /// @param steps how many, at least one
  void round(long x, long address, int lane, int from, int steps) {
    long integers = address + (long) lane * tile.groupBytes();
    long scales = address + tile.scalesOffset() + (long) lane * Float.BYTES;
    long corrections = address + tile.correctionsOffset() + (long) lane * tile.correctionBytes();
    long group = (long) from * tile.groupsPerStep() * tile.tokens();
    try {
      ROUNDING.invokeExact(
          rounding,
          x,
          integers + group * tile.groupBytes(),
          scales + group * Float.BYTES,
          corrections + (long) from * tile.blocksPerStep() * Float.BYTES,
          constants.address(),
          (long) steps);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted") // callers give addresses of memory whose size was checked
  private static MethodHandle function(int arguments) {
    MemoryLayout[] types = Collections.nCopies(arguments, JAVA_LONG).toArray(MemoryLayout[]::new);
    return Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(types));
  }
}
