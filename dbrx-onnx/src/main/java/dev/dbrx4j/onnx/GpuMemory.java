package dev.dbrx4j.onnx;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.graph.CudaGraph;
import dev.dbrx4j.onnx.runtime.GpuPlan;
import java.util.ArrayList;
import java.util.List;

/// What a model would take on GPUs, told before anything is loaded.
public final class GpuMemory {
  private GpuMemory() {}

  /// Plans a model on GPUs.
  ///
  /// @param config the model
  /// @param precision how its matrices are stored
  /// @param slots sequences side by side
  /// @param contextLength tokens of each
  /// @param stepTokens new tokens of a pass
  /// @param gpuBytes free memory of each GPU
  /// @return a line a GPU: its layers, their weights, KV cache and workspace, and whether that
  ///   fits; or the reason why the model cannot run on GPUs
  /// @throws dev.dbrx4j.InvalidRequestException if there are more GPUs than layers
  public static String plan(
      DbrxConfig config,
      Precision precision,
      int slots,
      int contextLength,
      int stepTokens,
      List<Long> gpuBytes) {
    List<GpuPlan.Gpu> gpus = new ArrayList<>();
    for (int i = 0; i < gpuBytes.size(); i++) {
      gpus.add(new GpuPlan.Gpu("GPU " + i, gpuBytes.get(i)));
    }
    GpuPlan.Demand demand = new GpuPlan.Demand(config, precision, slots, contextLength, stepTokens);
    return CudaGraph.obstacle(config, precision)
        .map(reason -> "cannot run on GPUs: " + reason)
        .orElseGet(() -> GpuPlan.of(demand, gpus).toString());
  }
}
