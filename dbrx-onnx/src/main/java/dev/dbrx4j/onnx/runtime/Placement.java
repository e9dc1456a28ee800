package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Device;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.ExecutionProvider;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.spi.RunnerOptions;
import java.util.List;
import java.util.Set;

/// Where a model's layers go.
///
/// @param flavour the kind of graph, which decides what a KV cache is like
/// @param passTokens new tokens that a pass may have
/// @param stages the devices, in the order of the layers
/// @param microBatches how passes are cut so that all have something to do
record Placement(
    String flavour, int passTokens, List<StagePlan> stages, MicroBatches microBatches) {
  /// Providers that work in the memory of the host, where a session reads what is bound in place.
  private static final Set<String> ON_THE_HOST = Set.of("XNNPACK", "OpenVINO");

  /// {@return where the model goes on the device that is asked for}
  ///
  /// @throws dev.dbrx4j.NativeRuntimeException if the device cannot be used
  static Placement of(OrtRuntime runtime, Bundle bundle, RunnerOptions options) {
    return switch (options.device()) {
      case Device.Cpu _ -> onHost(runtime, bundle, options, List.of(), false);
      case Device.Cuda cuda -> CudaPlacement.of(runtime, bundle, options, cuda);
      case Device.Provider provider -> {
        runtime.requireProviders();
        List<ExecutionProvider> chosen =
            List.of(new ExecutionProvider(provider.name(), provider.options()));
        boolean copies = !ON_THE_HOST.contains(provider.name());
        yield onHost(runtime, bundle, options, chosen, copies);
      }
    };
  }

  /// One stage in the memory of this machine.
  static Placement onHost(
      OrtRuntime runtime,
      Bundle bundle,
      RunnerOptions options,
      List<ExecutionProvider> providers,
      boolean bindsAlways) {
    DbrxConfig config = bundle.config();
    int maxContext = options.maxContext().orElse(config.maxSeqLen());
    KvCache.checkFits(
        config, ElementType.FLOAT, options.slots(), maxContext, MachineMemory.bytesBesidesHeap());
    int threads = options.threads().orElseGet(PhysicalCores::available);
    StagePlan stage =
        new StagePlan(
            LayerRange.all(config),
            runtime.hostMemory(),
            ElementType.FLOAT,
            0,
            false,
            bindsAlways,
            Stage.HERE,
            bundle.graph(Flavour.CPU).toString(),
            () -> CpuSession.open(runtime, bundle, threads, providers));
    int passTokens = Math.max(options.slots(), maxContext);
    return new Placement(Flavour.CPU.graphFile(), passTokens, List.of(stage), MicroBatches.WHOLE);
  }
}
