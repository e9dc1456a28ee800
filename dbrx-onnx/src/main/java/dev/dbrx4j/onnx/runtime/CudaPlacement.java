package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.Device;
import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.spi.RunnerOptions;
import java.util.List;

/// Where a model's layers go on NVIDIA GPUs.
final class CudaPlacement {
  private static final System.Logger LOG = System.getLogger(CudaPlacement.class.getName());

  private CudaPlacement() {}

  /// {@return one stage a GPU; the processor instead where CUDA cannot be used and that is allowed}
  static Placement of(
      OrtRuntime runtime, Bundle bundle, RunnerOptions options, Device.Cuda device) {
    try {
      runtime.requireCuda();
    } catch (NativeRuntimeException e) {
      if (!device.fallback()) {
        throw e;
      }
      LOG.log(System.Logger.Level.WARNING, "the model runs on the processor: {0}", e.getMessage());
      return Placement.onHost(runtime, bundle, options, List.of(), false);
    }
    throw new NativeRuntimeException(
        "this version cannot write the graph for %s yet: leave option device out".formatted(device));
  }
}
