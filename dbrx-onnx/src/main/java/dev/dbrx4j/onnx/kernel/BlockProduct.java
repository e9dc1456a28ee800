package dev.dbrx4j.onnx.kernel;

/// `y = W x` for some vectors, rows of W spread over the threads. Every sum is computed whole by
/// one thread in the same order, so results depend neither on the number of threads nor on which
/// vectors are multiplied together.
public final class BlockProduct {
  private final Workspace workspace;
  private final Activations activations;
  private final Tiling tiling = new Tiling();

  /// Prepares products with matrices like one.
  ///
  /// @param workspace what computes
  /// @param m the matrix
  public BlockProduct(Workspace workspace, BlockMatrix m) {
    this.workspace = workspace;
    activations = new Activations(m, workspace.inputs);
  }

  /// Multiplies.
  ///
  /// @param m W, `[outputs, inputs]`
  /// @param x address of the vectors, float32 `[vectors, inputs]`
  /// @param vectors how many
  /// @param y address where the products go, float32 `[vectors, outputs]`
  public void run(BlockMatrix m, long x, int vectors, long y) {
    tiling.clear();
    tiling.add(vectors);
    activations.reserve(tiling);
    long vectorBytes = (long) m.inputs() * Float.BYTES;
    workspace.pool.run(
        tiling.tiles(), (tile, _) -> activations.set(tile, v -> x + v * vectorBytes));
    workspace.pool.run(
        Math.ceilDiv(m.outputs(), Workspace.CHUNK_ROWS),
        (chunk, worker) -> {
          int from = chunk * Workspace.CHUNK_ROWS;
          int rows = Math.min(Workspace.CHUNK_ROWS, m.outputs() - from);
          for (int tile = 0; tile < tiling.tiles(); tile++) {
            rows(m, from, rows, tile, workspace.scratch(worker), y);
          }
        });
  }

  private void rows(BlockMatrix m, int from, int rows, int tile, long products, long y) {
    long to = y + ((long) tiling.first(tile) * m.outputs() + from) * Float.BYTES;
    int vectors = tiling.vectors(tile);
    if (vectors == 1) {
      activations.multiply(tile, m, from, rows, to);
      return;
    }
    activations.multiply(tile, m, from, rows, products);
    for (int i = 0; i < vectors; i++) {
      for (int r = 0; r < rows; r++) {
        Memory.set(to, r, Workspace.product(products, vectors, r, i));
      }
      to += (long) m.outputs() * Float.BYTES;
    }
  }
}
