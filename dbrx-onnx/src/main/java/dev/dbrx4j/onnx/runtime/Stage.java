package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.OrtSession;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/// Consecutive layers on one device: a session, and the KV cache of these layers. A model is one
/// stage, or several that work one after another.
///
/// @param session runs the layers
/// @param config the whole model
/// @param layers which ones
/// @param memory the device's memory
/// @param cache keys and values of these layers
/// @param type of the numbers that pass from layer to layer
/// @param slots rows of the cache
/// @param likeliestCount tokens that the graph tells apart from each row of logits; 0 if it does
///   not
/// @param recordsGraphs whether decode steps are recorded as CUDA graphs
/// @param bindsAlways whether the session copies what is bound, so that each pass has to bind it
/// @param executor where its passes run: a device wants to be used by one thread
record Stage(
    OrtSession session,
    DbrxConfig config,
    LayerRange layers,
    Memory memory,
    KvCache cache,
    ElementType type,
    int slots,
    int likeliestCount,
    boolean recordsGraphs,
    boolean bindsAlways,
    Executor executor) {

  /// Runs what it is given on the thread that gives it.
  static final Executor HERE = Runnable::run;

  /// {@return whether its passes run on a thread of its own}
  boolean hasThread() {
    return executor instanceof ExecutorService;
  }

  /// {@return whether it ends in logits}
  boolean givesLogits() {
    return layers.givesLogits(config);
  }
}
