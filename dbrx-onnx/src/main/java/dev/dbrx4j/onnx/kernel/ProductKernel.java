package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.dbrx4j.onnx.x86.MachineCode;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Calls the code of [ProductCode], written once for each kind of tile in the process.
final class ProductKernel {
  @SuppressWarnings("restricted") // the addresses are those of matrices whose sizes were checked
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private static final Map<Tile, MemorySegment> WRITTEN = new ConcurrentHashMap<>();

  private final MemorySegment code;

  ProductKernel(Tile tile) {
    code = WRITTEN.computeIfAbsent(tile, t -> MachineCode.executable(ProductCode.of(t)));
  }

  /// Multiplies rows of a matrix by a tile.
  ///
  /// @param m a matrix like the tile's
  /// @param from the first row
  /// @param rows how many, at least one
  /// @param tile address of the tile
  /// @param y address of the products, a row [Tile#rowStride] after the one before
  void multiply(BlockMatrix m, int from, int rows, long tile, long y) {
    try {
      CALL.invokeExact(code, m.integers(from), m.scales(from), tile, y, (long) rows);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
