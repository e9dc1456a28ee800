package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.Device;
import dev.dbrx4j.Device.Arithmetic;
import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.bundle.ManifestFile;
import dev.dbrx4j.onnx.graph.CudaGraph;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.CudaMemory;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.ExecutionProvider;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.onnx.ort.OrtSession;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.WeightLayout;
import dev.dbrx4j.spi.RunnerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/// Where a model's layers go on NVIDIA GPUs: the graphs for them, written for the layers of each.
final class CudaPlacement {
  private static final System.Logger LOG = System.getLogger(CudaPlacement.class.getName());

  private CudaPlacement() {}

  /// {@return one stage a GPU; the processor instead where CUDA cannot be used and that is allowed}
  static Placement of(
      OrtRuntime runtime, Bundle bundle, RunnerOptions options, Device.Cuda device) {
    List<CudaMemory> memories;
    try {
      runtime.requireCuda();
      memories = device.ids().stream().map(runtime::cudaMemory).toList();
    } catch (NativeRuntimeException e) {
      if (!device.fallback()) {
        throw e;
      }
      LOG.log(System.Logger.Level.WARNING, "the model runs on the processor: {0}", e.getMessage());
      return Placement.onHost(runtime, bundle, options, List.of(), false);
    }
    List<GpuPlan.Gpu> gpus = new ArrayList<>();
    for (int i = 0; i < memories.size(); i++) {
      CudaMemory memory = memories.get(i);
      String name = "GPU " + device.ids().get(i) + ", " + memory.description();
      gpus.add(new GpuPlan.Gpu(name, memory.room().free()));
    }
    GpuPlan.Demand demand = demand(bundle, options);
    GpuPlan plan = GpuPlan.of(demand, gpus);
    plan.require(demand);
    List<Site> sites = new ArrayList<>();
    for (int i = 0; i < memories.size(); i++) {
      Map<String, String> settings = providerOptions(device, i);
      sites.add(
          new Site(
              plan.parts().get(i).layers(),
              memories.get(i),
              List.of(new ExecutionProvider("CUDA", settings))));
    }
    ElementType type = type(device.arithmetic());
    MicroBatches cut = MicroBatches.quickest(demand, sites.size());
    return of(runtime, bundle, options, type, sites, device.graphs(), cut);
  }

  private static GpuPlan.Demand demand(Bundle bundle, RunnerOptions options) {
    return new GpuPlan.Demand(
        bundle.config(),
        bundle.precision(),
        options.slots(),
        options.maxContext().orElse(bundle.config().maxSeqLen()),
        passTokens(options));
  }

  /// A stretch of layers and the device that it goes to.
  ///
  /// @param layers which
  /// @param memory the device's
  /// @param providers its kernels
  record Site(LayerRange layers, Memory memory, List<ExecutionProvider> providers) {}

  /// {@return one stage a site, each with a graph of its layers and a thread of its own}
  ///
  /// @param type of the activations
  /// @param graphs whether decode steps are recorded
  /// @param microBatches how passes are cut
  static Placement of(
      OrtRuntime runtime,
      Bundle bundle,
      RunnerOptions options,
      ElementType type,
      List<Site> sites,
      boolean graphs,
      MicroBatches microBatches) {
    List<StagePlan> stages = new ArrayList<>();
    for (Site site : sites) {
      stages.add(stage(runtime, bundle, options, type, site, graphs));
    }
    return new Placement("cuda-" + dtype(type), passTokens(options), stages, microBatches);
  }

  private static StagePlan stage(
      OrtRuntime runtime,
      Bundle bundle,
      RunnerOptions options,
      ElementType type,
      Site site,
      boolean graphs) {
    int threads = options.threads().orElseGet(PhysicalCores::available);
    OrtSession.Settings settings =
        new OrtSession.Settings(
            threads, SessionConfiguration.of(bundle.precision()), site.providers);
    return new StagePlan(
        site.layers,
        site.memory,
        type,
        CudaGraph.likeliestCount(bundle.config()),
        graphs,
        false,
        threadFor(site.layers),
        "the graph of layers %d to %d".formatted(site.layers.first(), site.layers.end() - 1),
        () ->
            OrtSession.open(runtime, graph(bundle, site.layers, type), bundle.folder(), settings));
  }

  /// {@return the graph of a stretch of a bundle's layers}
  static byte[] graph(Bundle bundle, LayerRange layers, ElementType type) {
    WeightLayout layout =
        WeightLayout.of(
            ManifestFile.read(bundle.folder()).sections().stream()
                .map(entry -> entry.section())
                .toList());
    return CudaGraph.write(bundle.config(), bundle.precision(), layers, dtype(type), layout)
        .toByteArray();
  }

  private static Executor threadFor(LayerRange layers) {
    String name = "dbrx4j-layers-%d-%d".formatted(layers.first(), layers.end() - 1);
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name).factory());
  }

  private static int passTokens(RunnerOptions options) {
    return Math.max(options.slots(), options.stepTokens());
  }

  /// The arena grows by what is asked for: by default it doubles, past what the plan allowed for.
  private static Map<String, String> providerOptions(Device.Cuda device, int index) {
    Map<String, String> options = new TreeMap<>();
    options.put("device_id", device.ids().get(index).toString());
    options.put("arena_extend_strategy", "kSameAsRequested");
    options.put("enable_cuda_graph", device.graphs() ? "1" : "0");
    return options;
  }

  private static ElementType type(Arithmetic arithmetic) {
    return switch (arithmetic) {
      case BFLOAT16 -> ElementType.BFLOAT16;
      case FLOAT16 -> ElementType.FLOAT16;
    };
  }

  private static DType dtype(ElementType type) {
    return switch (type) {
      case BFLOAT16 -> DType.BF16;
      case FLOAT16 -> DType.F16;
      default -> DType.F32;
    };
  }
}
