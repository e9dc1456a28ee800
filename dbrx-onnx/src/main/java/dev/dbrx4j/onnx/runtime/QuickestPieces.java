package dev.dbrx4j.onnx.runtime;

/// Cuts a pass where that is quickest.
///
/// With `n` stages `m` equal pieces take as long as one stage takes for `n + m - 1` of them: more
/// pieces, fewer idle stages. But a piece is not as much cheaper as it is smaller, since each reads
/// the weights anew. That is most of the work of a decode step, unless contexts are long, and
/// little of the work of a prompt.
///
/// Remembers its last answer. For use by one thread.
final class QuickestPieces implements MicroBatches {
  /// Operations in the time of moving a byte, on data-centre GPUs with 16-bit tensor cores: 130 to
  /// 330 by their data sheets, of which kernels reach about half.
  private static final double OPERATIONS_A_BYTE = 120;

  /// Pieces beyond which little is gained: with four a stage, stages idle a fifth of the time.
  private static final int PIECES_A_STAGE = 4;

  private final GpuPlan.Demand demand;
  private final int stages;
  private int lastTokens;
  private int lastSequences;
  private int lastContext;
  private int lastAnswer;

  QuickestPieces(GpuPlan.Demand demand, int stages) {
    this.demand = demand;
    this.stages = stages;
  }

  /// The context is rounded up, so that a growing one seldom changes the answer: every cut is
  /// recorded as CUDA graphs of its own.
  @Override
  public int most(int tokens, int sequences, int context) {
    int rounded = context <= 1 ? context : Integer.highestOneBit(context - 1) << 1;
    if (tokens != lastTokens || sequences != lastSequences || rounded != lastContext) {
      lastAnswer = quickest(tokens, sequences, rounded);
      lastTokens = tokens;
      lastSequences = sequences;
      lastContext = rounded;
    }
    return lastAnswer;
  }

  private int quickest(int tokens, int sequences, int context) {
    int best = tokens;
    double least = Double.POSITIVE_INFINITY;
    for (int pieces = 1; pieces <= Math.min(tokens, PIECES_A_STAGE * stages); pieces++) {
      int most = Math.ceilDiv(tokens, pieces);
      double time = (stages + pieces - 1) * time(most, Math.min(most, sequences), context);
      if (time < least) {
        least = time;
        best = most;
      }
    }
    return best;
  }

  /// A piece's, in bytes moved.
  private double time(int tokens, int sequences, int context) {
    return Math.max(
        (double) demand.passBytes(tokens, sequences, context),
        demand.passOperations(tokens) / OPERATIONS_A_BYTE);
  }
}
