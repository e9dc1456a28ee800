package dev.dbrx4j.onnx.kernel;

import java.util.Arrays;

/// The mixture of experts of one layer: `y = sum of weight_e * down_e (silu(gate_e x) * up_e x)`
/// over each token's experts. Only the chosen experts' weights are read, each once, whatever the
/// number of tokens that it serves.
public final class BlockExperts {
  private static final int CHUNK_ROWS = Workspace.CHUNK_ROWS;

  private final Workspace workspace;
  private final Routing routing;
  private final BlockMatrix gateUp;
  private final BlockMatrix down;
  private final int k;
  private final int ffn;
  private final Activations inputs;
  private final Activations hidden;

  /// Choices sorted by expert: `order[starts[e]] .. order[starts[e + 1] - 1]` are those of expert
  /// e.
  private int[] order = {};

  private final int[] starts;

  /// Where the next choice of each expert goes, while they are sorted.
  private final int[] next;

  /// Experts that serve a token, and how many.
  private final int[] chosen;

  private int chosenCount;
  private final Tiling tiling = new Tiling();

  /// The first tile of each expert, and where the last one's end.
  private final int[] tiles;

  /// Address of the hidden vectors, in the order of the choices.
  private long h;

  /// Prepares a layer's experts.
  ///
  /// @param workspace what computes
  /// @param gateUp first of the experts' matrices `[2 * ffn, d]`, gate's and up's rows alternating
  /// @param down first of the experts' matrices `[d, ffn]`
  /// @param experts how many there are
  /// @param k experts a token
  /// @param norm p of the norm that divides a token's weights, 0 for none
  public BlockExperts(
      Workspace workspace, BlockMatrix gateUp, BlockMatrix down, int experts, int k, float norm) {
    this.workspace = workspace;
    this.gateUp = gateUp;
    this.down = down;
    this.k = k;
    routing = new Routing(experts, k, norm);
    ffn = down.inputs();
    inputs = new Activations(gateUp, workspace.inputs);
    hidden = new Activations(down, workspace.hiddenTiles);
    starts = new int[experts + 1];
    next = new int[experts];
    tiles = new int[experts + 1];
    chosen = new int[experts];
  }

  /// {@return length of a token's vector}
  int width() {
    return gateUp.inputs();
  }

  /// Computes.
  ///
  /// @param x address of the tokens, float32 `[tokens, d]`
  /// @param logits address of the router's output, float32 `[tokens, experts]`
  /// @param tokens how many
  /// @param y address of the result, float32 `[tokens, d]`
  public void run(long x, long logits, int tokens, long y) {
    routing.set(logits, tokens);
    sort(tokens * k);
    reserve(tokens * k);
    long vectorBytes = (long) gateUp.inputs() * Float.BYTES;
    workspace.pool.run(
        tiling.tiles(), (tile, _) -> inputs.set(tile, i -> x + order[i] / k * vectorBytes));
    int upChunks = Math.ceilDiv(gateUp.outputs(), CHUNK_ROWS);
    workspace.pool.run(
        chosenCount * upChunks,
        (chunk, worker) -> gateUp(chosen[chunk / upChunks], chunk % upChunks * CHUNK_ROWS, worker));
    workspace.pool.run(tiling.tiles(), (tile, _) -> hidden.set(tile, this::hiddenOf));
    workspace.pool.run(
        Math.ceilDiv(down.outputs(), CHUNK_ROWS),
        (chunk, worker) -> down(chunk * CHUNK_ROWS, tokens, y, worker));
  }

  private void reserve(int pairs) {
    inputs.reserve(tiling);
    hidden.reserve(tiling);
    h = workspace.hidden.reserve((long) pairs * ffn * Float.BYTES);
  }

  private long hiddenOf(int i) {
    return h + (long) i * ffn * Float.BYTES;
  }

  private void sort(int pairs) {
    if (order.length < pairs) {
      order = new int[pairs];
    }
    Arrays.fill(starts, 0);
    for (int pair = 0; pair < pairs; pair++) {
      starts[routing.expert(pair) + 1]++;
    }
    chosenCount = 0;
    tiling.clear();
    for (int e = 0; e + 1 < starts.length; e++) {
      if (starts[e + 1] > 0) {
        chosen[chosenCount++] = e;
      }
      tiling.add(starts[e + 1]);
      tiles[e + 1] = tiling.tiles();
      starts[e + 1] += starts[e];
    }
    System.arraycopy(starts, 0, next, 0, next.length);
    for (int pair = 0; pair < pairs; pair++) {
      order[next[routing.expert(pair)]++] = pair;
    }
  }

  /// Rows of gate and up for all tokens of an expert.
  private void gateUp(int expert, int from, int worker) {
    BlockMatrix m = gateUp.inStack(expert);
    int rows = Math.min(CHUNK_ROWS, m.outputs() - from);
    long products = workspace.scratch(worker);
    for (int tile = tiles[expert]; tile < tiles[expert + 1]; tile++) {
      inputs.multiply(tile, m, from, rows, products);
      int vectors = tiling.vectors(tile);
      gate(products, rows, vectors);
      for (int i = 0; i < vectors; i++) {
        long to = hiddenOf(tiling.first(tile) + i) + from / 2 * (long) Float.BYTES;
        for (int r = 0; r < rows; r += 2) {
          Memory.set(to, r / 2, Workspace.product(products, vectors, r, i));
        }
      }
    }
  }

  /// Gate's rows become `silu(gate) * up`. Of one vector, they lie float by float between up's, and
  /// half of the lanes are not used.
  private static void gate(long products, int rows, int vectors) {
    long up = products + Tile.rowStride(vectors) * (long) Float.BYTES;
    if (vectors == 1) {
      Gate.apply(products, up, Math.ceilDiv(rows, Gate.LANES), Gate.LANES * Float.BYTES);
    } else {
      Gate.apply(products, up, rows / 2, 2 * Tile.rowStride(vectors) * Float.BYTES);
    }
  }

  /// Rows of the result, for all tokens.
  private void down(int from, int tokens, long y, int worker) {
    int rows = Math.min(CHUNK_ROWS, down.outputs() - from);
    for (int t = 0; t < tokens; t++) {
      for (int r = 0; r < rows; r++) {
        Memory.set(y, (long) t * down.outputs() + from + r, 0);
      }
    }
    long products = workspace.scratch(worker);
    for (int c = 0; c < chosenCount; c++) {
      BlockMatrix m = down.inStack(chosen[c]);
      for (int tile = tiles[chosen[c]]; tile < tiles[chosen[c] + 1]; tile++) {
        hidden.multiply(tile, m, from, rows, products);
        int vectors = tiling.vectors(tile);
        for (int i = 0; i < vectors; i++) {
          int pair = order[tiling.first(tile) + i];
          float weight = routing.weight(pair);
          long at = (long) (pair / k) * down.outputs() + from;
          for (int r = 0; r < rows; r++) {
            float product = Workspace.product(products, vectors, r, i);
            Memory.set(y, at + r, Memory.get(y, at + r) + weight * product);
          }
        }
      }
    }
  }
}
