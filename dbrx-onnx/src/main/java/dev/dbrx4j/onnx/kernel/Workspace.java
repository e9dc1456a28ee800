package dev.dbrx4j.onnx.kernel;

/// What the nodes of a session share, since they run one after another: threads and memory.
public final class Workspace implements AutoCloseable {
  /// Rows a thread takes at a time: few enough to stay in its cache while all vectors are
  /// multiplied by them.
  static final int CHUNK_ROWS = 64;

  private static final long SCRATCH_BYTES = (long) CHUNK_ROWS * Tile.MOST_TOKENS * Float.BYTES;

  /// The threads.
  final WorkerPool pool;

  /// Tiles of what a node takes.
  final Room inputs = new Room();

  /// What the experts' first matrices give, and tiles of it.
  final Room hidden = new Room();

  final Room hiddenTiles = new Room();

  private final Room scratch = new Room();

  /// Starts the threads.
  ///
  /// @param threads how many compute
  public Workspace(int threads) {
    pool = new WorkerPool(threads);
    long ignored = scratch.reserve(threads * SCRATCH_BYTES);
  }

  /// {@return room for the products of a chunk with a tile}
  ///
  /// @param worker number of the thread that uses it
  long scratch(int worker) {
    return scratch.reserve(0) + worker * SCRATCH_BYTES;
  }

  /// {@return the product of a row and one of a tile's vectors}
  static float product(long scratch, int vectors, int row, int vector) {
    return Memory.get(scratch, (long) row * Tile.rowStride(vectors) + vector);
  }

  @Override
  public void close() {
    pool.close();
  }
}
