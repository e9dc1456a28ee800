package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

/// `y = W x` for some vectors, rows of W spread over the threads. Every sum is computed whole by
/// one thread in the same order, so results depend neither on the number of threads nor on which
/// vectors are multiplied together.
public final class BlockProduct {
  /// Rows a thread takes at a time: few enough to stay in its cache while all vectors are
  /// multiplied by them.
  private static final int CHUNK_ROWS = 32;

  private final WorkerPool pool;
  private final Activations activations;

  /// Prepares products.
  ///
  /// @param pool threads that compute
  /// @param inputs length of a vector
  /// @param bits of the matrix's integers
  public BlockProduct(WorkerPool pool, int inputs, int bits) {
    this.pool = pool;
    activations = new Activations(inputs, bits);
  }

  /// Multiplies.
  ///
  /// @param m W, `[outputs, inputs]`
  /// @param x address of the vectors, float32 `[vectors, inputs]`
  /// @param vectors how many
  /// @param y address where the products go, float32 `[vectors, outputs]`
  public void run(BlockMatrix m, long x, int vectors, long y) {
    activations.reserve(vectors);
    long vectorBytes = (long) m.inputs() * Float.BYTES;
    pool.run(vectors, v -> activations.set(v, x + v * vectorBytes));
    pool.run(
        Math.ceilDiv(m.outputs(), CHUNK_ROWS),
        chunk -> {
          float[] products = new float[CHUNK_ROWS];
          int from = chunk * CHUNK_ROWS;
          int to = Math.min(from + CHUNK_ROWS, m.outputs());
          for (int v = 0; v < vectors; v++) {
            BlockKernel.multiply(m, from, to, activations, v, products, 0);
            store(products, to - from, y + ((long) v * m.outputs() + from) * Float.BYTES);
          }
        });
  }

  private static void store(float[] values, int count, long address) {
    for (int i = 0; i < count; i++) {
      Memory.ALL.set(JAVA_FLOAT_UNALIGNED, address + (long) i * Float.BYTES, values[i]);
    }
  }
}
