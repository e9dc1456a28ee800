package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The mixture of experts of one layer: `y = sum of weight_e * down_e (silu(gate_e x) * up_e x)`
/// over each token's experts. Only the chosen experts' weights are read, each once, whatever the
/// number of tokens that it serves.
public final class BlockExperts {
  private static final int CHUNK_ROWS = 32;

  private final WorkerPool pool;
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

  /// Experts that serve a token, and how many.
  private final int[] chosen;

  private int chosenCount;
  private Arena arena = Arena.ofAuto();
  private MemorySegment h = arena.allocate(0);

  /// Prepares a layer's experts.
  ///
  /// @param pool threads that compute
  /// @param gateUp first of the experts' matrices `[2 * ffn, d]`, gate's and up's rows alternating
  /// @param down first of the experts' matrices `[d, ffn]`
  /// @param experts how many there are
  /// @param k experts a token
  /// @param norm p of the norm that divides a token's weights, 0 for none
  public BlockExperts(
      WorkerPool pool, BlockMatrix gateUp, BlockMatrix down, int experts, int k, float norm) {
    this.pool = pool;
    this.gateUp = gateUp;
    this.down = down;
    this.k = k;
    routing = new Routing(experts, k, norm);
    ffn = down.inputs();
    inputs = new Activations(gateUp.inputs(), gateUp.bits());
    hidden = new Activations(ffn, down.bits());
    starts = new int[experts + 1];
    chosen = new int[experts];
  }

  /// Computes.
  ///
  /// @param x address of the tokens, float32 `[tokens, d]`
  /// @param logits address of the router's output, float32 `[tokens, experts]`
  /// @param tokens how many
  /// @param y address of the result, float32 `[tokens, d]`
  public void run(long x, long logits, int tokens, long y) {
    reserve(tokens);
    routing.set(logits, tokens);
    sort(tokens * k);
    long vectorBytes = (long) gateUp.inputs() * Float.BYTES;
    pool.run(tokens, t -> inputs.set(t, x + t * vectorBytes));
    int upChunks = Math.ceilDiv(gateUp.outputs(), CHUNK_ROWS);
    pool.run(
        chosenCount * upChunks,
        chunk -> gateUp(chosen[chunk / upChunks], chunk % upChunks * CHUNK_ROWS));
    pool.run(tokens * k, pair -> hidden.set(pair, hiddenOf(pair)));
    pool.run(
        Math.ceilDiv(down.outputs(), CHUNK_ROWS), chunk -> down(chunk * CHUNK_ROWS, tokens, y));
  }

  private void reserve(int tokens) {
    int pairs = tokens * k;
    if (order.length < pairs) {
      order = new int[pairs];
      arena = Arena.ofAuto();
      h = arena.allocate((long) pairs * ffn * Float.BYTES, Float.BYTES);
      inputs.reserve(tokens);
      hidden.reserve(pairs);
    }
  }

  private long hiddenOf(int pair) {
    return h.address() + (long) pair * ffn * Float.BYTES;
  }

  private void sort(int pairs) {
    java.util.Arrays.fill(starts, 0);
    for (int pair = 0; pair < pairs; pair++) {
      starts[routing.expert(pair) + 1]++;
    }
    chosenCount = 0;
    for (int e = 0; e + 1 < starts.length; e++) {
      if (starts[e + 1] > 0) {
        chosen[chosenCount++] = e;
      }
      starts[e + 1] += starts[e];
    }
    int[] next = starts.clone();
    for (int pair = 0; pair < pairs; pair++) {
      order[next[routing.expert(pair)]++] = pair;
    }
  }

  /// Rows of gate and up for all tokens of an expert.
  private void gateUp(int expert, int from) {
    BlockMatrix m = gateUp.inStack(expert);
    int to = Math.min(from + CHUNK_ROWS, m.outputs());
    float[] both = new float[CHUNK_ROWS];
    for (int i = starts[expert]; i < starts[expert + 1]; i++) {
      int pair = order[i];
      BlockKernel.multiply(m, from, to, inputs, pair / k, both, 0);
      long at = hiddenOf(pair) + from / 2 * (long) Float.BYTES;
      for (int r = 0; r < to - from; r += 2) {
        float gate = both[r];
        float value = gate / (1 + Exp.of(-gate)) * both[r + 1];
        Memory.ALL.set(JAVA_FLOAT_UNALIGNED, at + r / 2 * (long) Float.BYTES, value);
      }
    }
  }

  /// Rows of the result, for all tokens.
  private void down(int from, int tokens, long y) {
    int to = Math.min(from + CHUNK_ROWS, down.outputs());
    int rows = to - from;
    float[] sums = new float[tokens * rows];
    float[] one = new float[rows];
    for (int c = 0; c < chosenCount; c++) {
      BlockMatrix m = down.inStack(chosen[c]);
      for (int i = starts[chosen[c]]; i < starts[chosen[c] + 1]; i++) {
        int pair = order[i];
        BlockKernel.multiply(m, from, to, hidden, pair, one, 0);
        float weight = routing.weight(pair);
        for (int r = 0; r < rows; r++) {
          sums[pair / k * rows + r] += weight * one[r];
        }
      }
    }
    for (int t = 0; t < tokens; t++) {
      for (int r = 0; r < rows; r++) {
        long at = y + ((long) t * down.outputs() + from + r) * Float.BYTES;
        Memory.ALL.set(JAVA_FLOAT_UNALIGNED, at, sums[t * rows + r]);
      }
    }
  }
}
