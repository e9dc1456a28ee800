package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.spi.RunnerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Opens the graph for GPUs on the processor, in as many stages as are wanted.
final class StagedModels {
  static final int CONTEXT = 60;

  private StagedModels() {}

  static Bundle bundle(DbrxConfig config, Precision precision) {
    return TestModels.bundle(TestModels.checkpoint(config), precision);
  }

  static Memory host() {
    return OrtRuntime.get(TestModels.CACHE).hostMemory();
  }

  static RunnerOptions options(int slots) {
    RunnerOptions options = RunnerOptions.defaults().withSlots(slots).withMaxContext(CONTEXT);
    return new RunnerOptions(
        slots,
        options.maxContext(),
        OptionalInt.of(1),
        options.device(),
        8, // so that prompts go through the stages in many pieces
        Optional.of(TestModels.CACHE),
        options.precision(),
        options.progress());
  }

  /// Opens a model as stages that end before the given layers, and at the last.
  static OnnxModelRunner open(
      Bundle bundle,
      ElementType type,
      Memory memory,
      int slots,
      MicroBatches microBatches,
      int... ends) {
    List<CudaPlacement.Site> sites = new ArrayList<>();
    int first = 0;
    for (int i = 0; i <= ends.length; i++) {
      int end = i < ends.length ? ends[i] : bundle.config().nLayers();
      sites.add(new CudaPlacement.Site(new LayerRange(first, end), memory, List.of()));
      first = end;
    }
    OrtRuntime runtime = OrtRuntime.get(TestModels.CACHE);
    RunnerOptions options = options(slots);
    Placement placement =
        CudaPlacement.of(runtime, bundle, options, type, sites, false, microBatches);
    return OnnxModelRunner.open(runtime, bundle, options, placement);
  }
}
