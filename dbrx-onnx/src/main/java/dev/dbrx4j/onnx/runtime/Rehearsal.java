package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.RunnerOptions;
import java.util.List;

/// The graph for GPUs on the processor: slow, and in float32 or float16 only, but the same
/// operators, bindings and thread.
public final class Rehearsal {
  private Rehearsal() {}

  /// Opens a model's graph for GPUs on the processor.
  ///
  /// @param runtime the process's runtime
  /// @param bundle the model
  /// @param options slots, context, threads
  /// @param activations float32 or float16
  /// @return the runner, which the caller closes
  public static ModelRunner open(
      OrtRuntime runtime, Bundle bundle, RunnerOptions options, ElementType activations) {
    LayerRange all = LayerRange.all(bundle.config());
    CudaPlacement.Site here = new CudaPlacement.Site(all, runtime.hostMemory(), List.of());
    Placement placement =
        CudaPlacement.of(
            runtime, bundle, options, activations, List.of(here), false, MicroBatches.WHOLE);
    return OnnxModelRunner.open(runtime, bundle, options, placement);
  }
}
