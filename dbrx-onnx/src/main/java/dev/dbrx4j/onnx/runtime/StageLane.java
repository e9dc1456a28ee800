package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.ort.Buffer;
import dev.dbrx4j.onnx.ort.ElementType;
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
  private final boolean first;

  /// Passes over one slot, by slot: prefills.
  private final @Nullable Pass[] single;

  /// Passes over the slots from 0 on, by their number: decode steps of a compact batch.
  private final @Nullable Pass[] compact;

  /// Passes over other runs of slots, bound anew whenever the run differs.
  private final Pass other;

  /// @param owner frees the memory when it closes
  /// @param maxTokens new tokens in a pass, at most
  /// @param logits where logits go; null if a later stage makes them
  /// @param first whether this is the stage's first lane, whose decode steps may be recorded
  StageLane(
      Stage stage,
      Memory host,
      Arena owner,
      int maxTokens,
      @Nullable LogitsBuffer logits,
      boolean first) {
    this.stage = stage;
    this.logits = logits;
    this.first = first;
    buffers = new PassBuffers(stage.memory(), host, owner, maxTokens, stage.slots());
    long hiddenBytes = stage.type().byteSize(maxTokens, stage.config().dModel());
    Memory memory = stage.memory();
    hiddenIn = memory.allocate(owner, stage.layers().takesTokens() ? 0 : hiddenBytes);
    hiddenOut = memory.allocate(owner, stage.givesLogits() ? 0 : hiddenBytes);
    single = new @Nullable Pass[stage.slots()];
    compact = new @Nullable Pass[stage.slots() + 1];
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
    boolean record = stage.recordsGraphs() && first && shape.isCompactDecode();
    if (record) {
      buffers.setTotal(stage.cache().maxContext()); // what a graph records must hold for all steps
    }
    buffers.upload(shape);
    if (stage.recordsGraphs()) {
      stage.session().setCudaGraph(record ? shape.count() : NO_GRAPH);
    }
    stage.session().run(passOver(shape.firstSlot(), shape.count()).bind(shape));
  }

  private Pass passOver(int firstSlot, int count) {
    if (count == 1) {
      return made(single, firstSlot);
    }
    return firstSlot == 0 ? made(compact, count) : other;
  }

  private Pass made(@Nullable Pass[] passes, int index) {
    Pass pass = passes[index];
    if (pass == null) {
      pass = new Pass(this, stage.bindsAlways());
      passes[index] = pass;
    }
    return pass;
  }

  /// {@return bytes of device memory that a lane takes}
  static long bytes(int maxTokens, int dModel, ElementType type, boolean inner) {
    return (inner ? 2 : 1) * type.byteSize(maxTokens, dModel) + 2L * Long.BYTES * maxTokens;
  }
}
