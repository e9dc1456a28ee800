package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.ort.Buffer;
import dev.dbrx4j.onnx.ort.Memory;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/// What one of the micro-batches under way has in one stage: its inputs, what goes on to the next
/// stage, and the bindings to them.
final class StageLane {
  private static final int NO_GRAPH = -1;

  private final Stage stage;
  private final PassBuffers buffers;
  private final @Nullable LogitsBuffer logits;
  private final Buffer hiddenIn;
  private final Buffer hiddenOut;
  private final int number;

  /// Passes that come again and again, by their first slot and the number of slots: over one slot,
  /// and decode steps of a compact batch or a piece of it.
  private final @Nullable Pass[] @Nullable [] kept;

  /// Passes over other runs of slots, bound anew whenever the run differs.
  private final Pass other;

  /// @param owner frees the memory when it closes
  /// @param maxTokens new tokens in a pass, at most
  /// @param logits where logits go; null if a later stage makes them
  /// @param number which of the stage's lanes it is
  StageLane(
      Stage stage,
      Memory host,
      Arena owner,
      int maxTokens,
      @Nullable LogitsBuffer logits,
      int number) {
    this.stage = stage;
    this.logits = logits;
    this.number = number;
    buffers = new PassBuffers(stage.memory(), host, owner, maxTokens, stage.slots());
    long hiddenBytes = stage.type().byteSize(maxTokens, stage.config().dModel());
    Memory memory = stage.memory();
    hiddenIn = memory.allocate(owner, stage.layers().takesTokens() ? 0 : hiddenBytes);
    hiddenOut = memory.allocate(owner, stage.givesLogits() ? 0 : hiddenBytes);
    kept = new @Nullable Pass[stage.slots()] @Nullable [];
    other = new Pass(this, stage.bindsAlways());
  }

  Stage stage() {
    return stage;
  }

  PassBuffers buffers() {
    return buffers;
  }

  @Nullable LogitsBuffer logits() {
    return logits;
  }

  Buffer hiddenIn() {
    return hiddenIn;
  }

  Buffer hiddenOut() {
    return hiddenOut;
  }

  /// Runs the pass whose tokens and positions [#buffers()] has.
  ///
  /// @param before what the stage before left for this pass, or null
  void run(PassShape shape, @Nullable StageLane before) {
    if (before != null) {
      long bytes = stage.type().byteSize(shape.tokens(), stage.config().dModel());
      stage.memory().copy(before.hiddenOut, hiddenIn, bytes);
    }
    boolean record = stage.recordsGraphs() && shape.isCompactDecode();
    if (record) {
      buffers.setTotal(stage.cache().maxContext()); // what a graph records must hold for all steps
    }
    buffers.upload(shape);
    if (stage.recordsGraphs()) {
      stage.session().setCudaGraph(record ? shape.graph(number, stage.slots()) : NO_GRAPH);
    }
    stage.session().run(passOver(shape).bind(shape));
  }

  private Pass passOver(PassShape shape) {
    if (shape.count() > 1 && !shape.isCompactDecode()) {
      return other;
    }
    @Nullable Pass[] byCount = kept[shape.firstSlot()];
    if (byCount == null) {
      byCount = new @Nullable Pass[stage.slots() - shape.firstSlot() + 1];
      kept[shape.firstSlot()] = byCount;
    }
    Pass pass = byCount[shape.count()];
    if (pass == null) {
      pass = new Pass(this, stage.bindsAlways());
      byCount[shape.count()] = pass;
    }
    return pass;
  }
}
