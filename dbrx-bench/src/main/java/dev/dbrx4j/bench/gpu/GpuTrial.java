package dev.dbrx4j.bench.gpu;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.Device;
import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.bench.BenchReport.Better;
import dev.dbrx4j.bench.BenchReport.Row;
import dev.dbrx4j.bench.Geometries;
import dev.dbrx4j.bench.load.AnnouncedLoad;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.graph.CudaGraph;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.CudaMemory;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.onnx.runtime.GpuPlan;
import dev.dbrx4j.onnx.runtime.OnnxModelRunner;
import dev.dbrx4j.onnx.runtime.Rehearsal;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.WeightLayout;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.RunnerOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The parts of the command, each of which says whether it went well.
///
/// @param runtime the process's runtime
/// @param models what is measured
/// @param told where results go
/// @param dryRun whether there is no GPU
/// @param device the GPUs, as command lines have them
record GpuTrial(
    OrtRuntime runtime, GpuModels models, GpuReport told, boolean dryRun, String device) {
  private static final DbrxConfig DBRX = Geometries.named("dbrx");
  private static final int PASS_TOKENS = 2048;
  private static final int PROMPT = 64;
  private static final int USERS = 120;

  /// How much farther off than float16 on the processor a GPU may be: the same in float16, in
  /// bfloat16 by its three bits less.
  private static final double NOISE_FACTOR = 3;

  private static final double BFLOAT16_NOISE = 8;

  boolean libraries() {
    told.section("Libraries");
    told.say("ONNX Runtime " + runtime.version());
    try {
      runtime.requireCuda();
      told.say("everything that CUDA takes was found");
      for (int id : ((Device.Cuda) Device.parse(device)).ids()) {
        CudaMemory memory = runtime.cudaMemory(id);
        told.say("GPU %d: %s, %s".formatted(id, memory.description(), memory.room()));
      }
      return true;
    } catch (NativeRuntimeException e) {
      told.say(String.valueOf(e.getMessage()));
      return dryRun;
    }
  }

  boolean graph() {
    told.section("Graph of DBRX, 40 layers");
    boolean chosen = graph(models.precision());
    return graph(models.precision().withDense(WeightType.BF16)) && chosen;
  }

  private boolean graph(Precision precision) {
    WeightLayout layout = new WeightLayout();
    boolean good = true;
    for (DType type : List.of(DType.BF16, DType.F16)) {
      ModelProto graph = CudaGraph.write(DBRX, precision, LayerRange.all(DBRX), type, layout);
      Map<String, Long> operators = new TreeMap<>();
      for (NodeProto node : graph.getGraph().getNodeList()) {
        operators.merge(node.getOpType(), 1L, Long::sum);
      }
      told.say(
          "%s, %s: %d nodes %s, %.1f GB of weights in the file"
              .formatted(
                  precision,
                  type,
                  graph.getGraph().getNodeCount(),
                  operators,
                  layout.fileBytes() / 1e9));
      good &= operators.getOrDefault("QMoE", 0L) == DBRX.nLayers();
      good &= operators.keySet().stream().noneMatch(Set.of("If", "Loop", "Scan")::contains);
    }
    return good;
  }

  boolean plan() {
    told.section("Plans");
    plan(models.precision());
    plan(models.precision().withDense(WeightType.BF16));
    told.say(
        "of each row of logits %d bytes come down, %d where a pick needs the row"
            .formatted(
                Float.BYTES * CudaGraph.likeliestWidth(CudaGraph.likeliestCount(DBRX)),
                Float.BYTES * DBRX.vocabSize()));
    return true;
  }

  private void plan(Precision precision) {
    for (int slots : new int[] {1, 16, 64}) {
      GpuPlan.Demand demand = new GpuPlan.Demand(DBRX, precision, slots, 2560, PASS_TOKENS);
      told.say("%s, %d sequences of 2560 tokens:".formatted(precision, slots));
      told.say("  one GPU of 141 GB: " + describe(demand, 141));
      told.say("  two GPUs of 80 GB: " + describe(demand, 80, 80));
      told.say(
          "  pieces on two: a decode step at 2048 tokens %d, at 32768 %d sequences each; a prompt of %d %d tokens"
              .formatted(
                  demand.pieceTokens(2, slots, slots, 2048),
                  demand.pieceTokens(2, slots, slots, 32768),
                  PASS_TOKENS,
                  demand.pieceTokens(2, PASS_TOKENS, 1, 0)));
    }
  }

  private static String describe(GpuPlan.Demand demand, long... gigabytes) {
    List<GpuPlan.Gpu> gpus =
        Arrays.stream(gigabytes)
            .mapToObj(size -> new GpuPlan.Gpu("one of " + size + " GB", size * 1_000_000_000))
            .toList();
    return GpuPlan.of(demand, gpus).parts().stream()
        .map(GpuPlan.Part::toString)
        .collect(Collectors.joining("; "));
  }

  private RunnerOptions options(int slots, int context, boolean graphs) {
    RunnerOptions plain = RunnerOptions.defaults().withSlots(slots).withMaxContext(context);
    return new RunnerOptions(
        slots,
        plain.maxContext(),
        plain.threads(),
        dryRun ? Device.cpu() : ((Device.Cuda) Device.parse(device)).withGraphs(graphs),
        dryRun ? 64 : PASS_TOKENS,
        plain.cacheFolder(),
        plain.precision(),
        plain.progress());
  }

  /// The graph for GPUs on the GPU, or in a dry run on the processor.
  private ModelRunner open(Bundle bundle, RunnerOptions options) {
    return dryRun
        ? Rehearsal.open(runtime, bundle, options, ElementType.FLOAT)
        : OnnxModelRunner.open(runtime, bundle, options);
  }

  boolean agreement() throws IOException {
    told.section("Agreement of a miniature with the processor in float32, same integers");
    Bundle bundle = models.miniature();
    RunnerOptions here =
        RunnerOptions.defaults().withMaxContext(PROMPT); // on the processor, whatever is measured
    try (ModelRunner exact = Rehearsal.open(runtime, bundle, here, ElementType.FLOAT);
        ModelRunner half = Rehearsal.open(runtime, bundle, here, ElementType.FLOAT16)) {
      Agreement noise = Agreement.of(exact, half, PROMPT);
      told.say("float16 on the processor: " + noise);
      boolean good = true;
      for (Device.Arithmetic arithmetic : Device.Arithmetic.values()) {
        boolean wide = arithmetic == Device.Arithmetic.BFLOAT16;
        double bound = NOISE_FACTOR * noise.largest() * (wide ? BFLOAT16_NOISE : 1);
        if (dryRun) {
          told.say("%s on a GPU may differ by %.2e: not run".formatted(arithmetic, bound));
          continue;
        }
        Device.Cuda cuda = ((Device.Cuda) Device.parse(device)).withArithmetic(arithmetic);
        RunnerOptions there = options(1, PROMPT, false).withDevice(cuda);
        try (ModelRunner gpu = OnnxModelRunner.open(runtime, bundle, there)) {
          Agreement found = Agreement.of(exact, gpu, PROMPT);
          told.say("%s on the GPU: %s, bound %.2e".formatted(arithmetic, found, bound));
          good &= found.largest() <= bound;
        }
      }
      return good;
    }
  }

  boolean speed() throws IOException {
    int context = dryRun ? 24 : 2048;
    int steps = dryRun ? 3 : 64;
    DbrxConfig geometry = dryRun ? GpuModels.MINIATURE : DBRX;
    told.section(
        dryRun
            ? "Speed: a rehearsal with a miniature on the processor, no figures"
            : "Speed of DBRX's geometry, 40 layers that share one layer's weights, %s, context %d"
                .formatted(models.precision(), context));
    Bundle bundle = dryRun ? models.sharing("shared-miniature", geometry) : models.dbrx();
    told.say("the goal: 150 tokens a second for one sequence in int4 on one H200");
    double bandwidth = dryRun ? 1 : bandwidth();
    for (boolean graphs : new boolean[] {false, true}) {
      for (int batch : new int[] {1, 4, 16, 64}) {
        int slots = dryRun ? Math.min(batch, 4) : batch;
        RunnerOptions options = options(slots, context + steps + 8, graphs);
        try (ModelRunner runner = open(bundle, options)) {
          PassTimes times = new PassTimes(runner, context);
          String suffix = graphs ? ".graphs" : "";
          decode(times, geometry, slots, steps, bandwidth, false, suffix);
          if (graphs) {
            decode(times, geometry, slots, steps, bandwidth, true, suffix + ".rows");
          }
          if (batch == 1 && !graphs) {
            prefill(times, geometry, bandwidth);
          }
        }
      }
    }
    return true;
  }

  private void decode(
      PassTimes times,
      DbrxConfig geometry,
      int batch,
      int steps,
      double bandwidth,
      boolean rows,
      String suffix) {
    int context = times.context();
    double[] speeds = times.decode(batch, steps, rows);
    if (dryRun) {
      told.say("%d decode steps of %d sequences ran".formatted(steps, batch));
      return;
    }
    GpuPlan.Demand demand =
        new GpuPlan.Demand(geometry, models.precision(), batch, context, PASS_TOKENS);
    double[] limits = new double[speeds.length];
    Arrays.fill(limits, batch * bandwidth / demand.stepBytes(batch, context));
    String name = "decode.batch" + batch + suffix;
    told.add(Row.against(name, "tok/s", Better.HIGHER, speeds, "roofline", limits));
  }

  private void prefill(PassTimes times, DbrxConfig geometry, double bandwidth) {
    int tokens = times.context();
    double[] speeds = times.prefill(dryRun ? 1 : 5);
    if (dryRun) {
      told.say("a prefill of %d tokens ran".formatted(tokens));
      return;
    }
    GpuPlan.Demand demand =
        new GpuPlan.Demand(geometry, models.precision(), 1, tokens, PASS_TOKENS);
    double[] limits = new double[speeds.length];
    Arrays.fill(limits, tokens * bandwidth / demand.passBytes(tokens, 1, 0));
    told.add(Row.against("prefill." + tokens, "tok/s", Better.HIGHER, speeds, "roofline", limits));
  }

  /// Bytes a second that a copy within the GPU reads and writes.
  private double bandwidth() {
    CudaMemory memory = runtime.cudaMemory(((Device.Cuda) Device.parse(device)).ids().getFirst());
    long bytes = 2L << 30;
    double[] speeds = new double[10];
    try (Arena owner = Arena.ofShared()) {
      var from = memory.allocate(owner, bytes);
      var to = memory.allocate(owner, bytes);
      memory.copy(from, to, bytes);
      for (int i = 0; i < speeds.length; i++) {
        long start = System.nanoTime();
        memory.copy(from, to, bytes);
        speeds[i] = 2.0 * bytes / (System.nanoTime() - start);
      }
    }
    Row row = Row.of("bandwidth", "GB/s", speeds);
    told.add(row);
    return row.value() * 1e9;
  }

  boolean load() throws IOException {
    told.section(
        dryRun
            ? "Load test: a rehearsal with a miniature on the processor, no figures"
            : "Load test of the announcement: a user a second, 2,000 tokens in, 256 out");
    AnnouncedLoad load = dryRun ? new AnnouncedLoad(3, 20, 60, 4) : new AnnouncedLoad(USERS);
    Bundle bundle = dryRun ? models.servingMiniature() : models.dbrx();
    try (DbrxModel model =
        DbrxModel.builder()
            .device(dryRun ? Device.cpu() : Device.parse(device))
            .slots(dryRun ? 2 : 64)
            .contextLength(load.promptTokens() + load.newTokens())
            .queueBound(load.users())
            .load(bundle.folder())) {
      List<Row> rows = load.run(model, what -> System.err.println(what)).rows();
      boolean good =
          rows.stream().noneMatch(row -> row.name().equals("load.failed") && row.value() > 0);
      if (dryRun) {
        told.say(
            load.users() + (good ? " users came and were served" : " users came, some failed"));
      } else {
        rows.forEach(told::add);
      }
      return good;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
