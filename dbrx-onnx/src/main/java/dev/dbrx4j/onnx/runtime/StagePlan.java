package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.OrtSession;
import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// How a stage is to be opened.
///
/// @param layers which it runs
/// @param memory its device's
/// @param type of the numbers that pass from layer to layer, and of the KV cache
/// @param likeliestCount tokens that the graph tells apart from each row of logits; 0 if it does
///   not
/// @param recordsGraphs whether decode steps are recorded as CUDA graphs
/// @param bindsAlways whether each pass has to bind its memory anew
/// @param executor where the session is opened and run
/// @param graphName what to call the graph in messages
/// @param session opens it
record StagePlan(
    LayerRange layers,
    Memory memory,
    ElementType type,
    int likeliestCount,
    boolean recordsGraphs,
    boolean bindsAlways,
    Executor executor,
    String graphName,
    Supplier<OrtSession> session) {

  /// Opens the stage.
  ///
  /// @param owner frees its KV cache when it closes
  Stage open(DbrxConfig config, Arena owner, int slots, int maxContext) {
    OrtSession opened = onItsThread(session);
    try {
      GraphContract.check(opened, config, layers, type, likeliestCount, graphName);
      KvCache cache = new KvCache(memory, owner, config, layers, type, slots, maxContext);
      return new Stage(
          opened,
          config,
          layers,
          memory,
          cache,
          type,
          slots,
          likeliestCount,
          recordsGraphs,
          bindsAlways,
          executor);
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private OrtSession onItsThread(Supplier<OrtSession> work) {
    try {
      return CompletableFuture.supplyAsync(work, executor).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }
}
