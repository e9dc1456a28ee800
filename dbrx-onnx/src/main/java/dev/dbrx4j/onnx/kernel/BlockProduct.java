package dev.dbrx4j.onnx.kernel;

/// `y = W x` for some vectors, rows of W spread over the threads. Every sum is computed whole by
/// one thread in the same order, so results depend neither on the number of threads nor on which
/// vectors are multiplied together.
public final class BlockProduct {
  /// Rows a thread takes at a time: few enough to stay in its cache while all vectors are
  /// multiplied by them.
  private static final int CHUNK_ROWS = 64;

  private final WorkerPool pool;
  private final Scratch scratch;
  private final Activations activations;
  private final Tiling tiling = new Tiling();

  /// Prepares products with matrices like one.
  ///
  /// @param pool threads that compute
  /// @param m the matrix
  public BlockProduct(WorkerPool pool, BlockMatrix m) {
    this.pool = pool;
    scratch = new Scratch(pool, CHUNK_ROWS);
    activations = new Activations(m);
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
    pool.run(tiling.tiles(), (tile, _) -> activations.set(tile, v -> x + v * vectorBytes));
    pool.run(
        Math.ceilDiv(m.outputs(), CHUNK_ROWS),
        (chunk, worker) -> {
          int from = chunk * CHUNK_ROWS;
          int rows = Math.min(CHUNK_ROWS, m.outputs() - from);
          for (int tile = 0; tile < tiling.tiles(); tile++) {
            rows(m, from, rows, tile, scratch.address(worker), y);
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
        Memory.set(to, r, Scratch.product(products, vectors, r, i));
      }
      to += (long) m.outputs() * Float.BYTES;
    }
  }
}
