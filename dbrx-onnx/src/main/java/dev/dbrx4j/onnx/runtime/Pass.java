package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.graph.CudaGraph;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.OrtBinding;

/// A binding of a stage's inputs and outputs for passes over one run of slots, and what it is bound
/// to. A pass of the same shape as the one before binds nothing.
final class Pass {
  private final OrtBinding binding;
  private final StageLane lane;
  private final boolean always;
  private int firstSlot = -1;
  private int count = -1;
  private int tokensEach = -1;
  private int logitsRows = -1;
  private long logitsAddress;

  /// @param always whether to bind before every pass: a provider that copies what is bound would
  ///   not see what changes there later
  Pass(StageLane lane, boolean always) {
    this.binding = lane.stage().session().newBinding();
    this.lane = lane;
    this.always = always;
    bindTotal();
  }

  /// {@return the binding for a pass}
  OrtBinding bind(PassShape shape) {
    if (always) {
      bindTotal();
    }
    if (always || shape.firstSlot() != firstSlot || shape.count() != count) {
      bindSlots(shape);
    }
    if (always || shape.tokensEach() != tokensEach) {
      bindTokens(shape);
    }
    LogitsBuffer logits = lane.logits();
    if (logits != null
        && (always
            || shape.rows() != logitsRows
            || logits.rowsOfLogits().address(shape.firstRow()) != logitsAddress)) {
      bindLogits(logits, shape);
    }
    return binding;
  }

  private void bindTotal() {
    binding.input(GraphContract.TOTAL_SEQUENCE_LENGTH, lane.buffers().total(), ElementType.INT32);
  }

  private void bindSlots(PassShape shape) {
    lane.stage().cache().bind(binding, shape.firstSlot(), shape.count());
    binding.input(
        GraphContract.SEQLENS_K, lane.buffers().lastPositions(), ElementType.INT32, shape.count());
    firstSlot = shape.firstSlot();
    count = shape.count();
    tokensEach = -1;
  }

  private void bindTokens(PassShape shape) {
    tokensEach = shape.tokensEach();
    Stage stage = lane.stage();
    long[] hidden = {count, tokensEach, stage.config().dModel()};
    if (stage.layers().takesTokens()) {
      binding.input(
          GraphContract.INPUT_IDS, lane.buffers().tokens(), ElementType.INT64, count, tokensEach);
    } else {
      binding.input(GraphContract.HIDDEN_IN, lane.hiddenIn(), stage.type(), hidden);
    }
    if (!stage.givesLogits()) {
      binding.output(GraphContract.HIDDEN_OUT, lane.hiddenOut(), stage.type(), hidden);
    }
  }

  private void bindLogits(LogitsBuffer logits, PassShape shape) {
    binding.input(
        GraphContract.LOGITS_ROWS, lane.buffers().rows(), ElementType.INT64, shape.rows());
    binding.output(
        GraphContract.LOGITS,
        logits.rowsOfLogits().from(shape.firstRow()),
        ElementType.FLOAT,
        shape.rows(),
        logits.vocabSize());
    if (logits.likeliestCount() > 0) {
      binding.output(
          GraphContract.LIKELIEST,
          logits.rowsOfLikeliest().from(shape.firstRow()),
          ElementType.FLOAT,
          shape.rows(),
          CudaGraph.likeliestWidth(logits.likeliestCount()));
    }
    logitsRows = shape.rows();
    logitsAddress = logits.rowsOfLogits().address(shape.firstRow());
  }
}
