package dev.dbrx4j.onnx.runtime;

/// Says how a pass is cut so that several stages have something to do at once.
@FunctionalInterface
interface MicroBatches {
  /// Passes as they are.
  MicroBatches WHOLE = (tokens, sequences, context) -> tokens;

  /// {@return new tokens that a piece has at most}
  ///
  /// @param tokens new tokens in all
  /// @param sequences sequences that they belong to: as many, in a decode step, or one
  /// @param context tokens that a sequence has already, in the mean
  int most(int tokens, int sequences, int context);

  /// {@return the cut that takes the least time, by the bytes and operations of its pieces}
  ///
  /// @param demand the model
  /// @param stages that work one after another
  static MicroBatches quickest(GpuPlan.Demand demand, int stages) {
    return stages == 1 ? WHOLE : new QuickestPieces(demand, stages);
  }
}
