package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.Device;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.FakeCudaDriver;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.RunnerOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The graph for GPUs, and the runner as it is on them, on the processor: its operators have
/// kernels there for float32 and float16.
class CudaGraphTest {
  private static final int TOKENS = 24;

  /// As for the processor's own graph: only the order of additions differs.
  private static final double FLOAT_BOUND = 2e-4;

  /// How much farther off float16 kernels may be than the plain forward pass that rounds to float16
  /// after every operator; they add in other orders.
  private static final double NOISE_FACTOR = 3;

  static List<Arguments> models() {
    List<Arguments> models = new ArrayList<>();
    for (WeightType type : List.of(WeightType.INT4, WeightType.INT8)) {
      for (int block : new int[] {32, 64}) {
        models.add(Arguments.of(model(1f, 1f, 2), Precision.of(type).withBlock(block)));
      }
    }
    models.add(Arguments.of(model(null, 2f, 3), Precision.INT4));
    models.add(Arguments.of(model(0.5f, null, 2), Precision.INT8));
    models.add(Arguments.of(model(1f, 3f, 5), Precision.INT4.withLmHead(WeightType.FP32)));
    models.add(Arguments.of(model(1f, 1f, 1), Precision.INT4.withEmbedding(WeightType.FP32)));
    models.add(Arguments.of(model(1f, 1f, 2), Precision.INT4.withDense(WeightType.BF16)));
    models.add(Arguments.of(model(1f, 1f, 2), Precision.INT8.withAttention(WeightType.FP32)));
    return models;
  }

  private static DbrxConfig model(Float clip, Float norm, int topK) {
    return new DbrxConfig(128, 4, 2, 2, 64, 101, clip, 10_000, 192, 5, topK, norm, Activation.SILU);
  }

  private static final DbrxConfig FIVE_LAYERS =
      new DbrxConfig(64, 4, 2, 5, 128, 101, 1f, 10_000, 64, 4, 2, 1f, Activation.SILU);

  @ParameterizedTest
  @MethodSource("models")
  void agreesWithThePlainForwardPass(DbrxConfig config, Precision precision) {
    Bundle bundle = bundle(config, precision);
    int[] tokens = TestModels.randomTokens(config, TOKENS, 2);
    ReferenceModel reference = ReferenceModel.of(config, DequantisedWeights.of(bundle));
    double[][] expected = reference.run(tokens).logits();
    double noise = distance(reference.inFloat16().run(tokens).logits(), expected);
    double bfloat16Noise = distance(reference.inBfloat16().run(tokens).logits(), expected);
    Difference floats = new Difference();
    floats.add("float32", logits(bundle, ElementType.FLOAT, tokens), expected);
    Difference halves = new Difference();
    halves.add("float16", logits(bundle, ElementType.FLOAT16, tokens), expected);
    System.out.printf(
        "[worst] graph for GPUs:%s%s; of float16 %.1e expected, of bfloat16 %.1e%n",
        floats, halves, noise, bfloat16Noise);
    floats.assertBelow(FLOAT_BOUND);
    halves.assertBelow(NOISE_FACTOR * noise);
    assertThat(bfloat16Noise).isGreaterThan(noise);
  }

  private static double distance(double[][] a, double[][] b) {
    double most = 0;
    for (int row = 0; row < a.length; row++) {
      for (int i = 0; i < a[row].length; i++) {
        most = Math.max(most, Math.abs(a[row][i] - b[row][i]));
      }
    }
    return most;
  }

  private static float[] logits(Bundle bundle, ElementType type, int... tokens) {
    try (OnnxModelRunner runner = open(bundle, type, host(), 1)) {
      return Difference.floats(runner.prefill(0, tokens, 0, LogitsRows.ALL).data());
    }
  }

  private static Bundle bundle(DbrxConfig config, Precision precision) {
    return StagedModels.bundle(config, precision);
  }

  private static Memory host() {
    return StagedModels.host();
  }

  private static OnnxModelRunner open(
      Bundle bundle, ElementType type, Memory memory, int slots, int... ends) {
    return StagedModels.open(bundle, type, memory, slots, MicroBatches.WHOLE, ends);
  }

  /// Logits of a prefill in pieces, decode steps of several kinds, and a fork, one after another.
  private static List<float[]> play(OnnxModelRunner runner) {
    DbrxConfig config = runner.config();
    List<float[]> all = new ArrayList<>();
    int[] tokens = TestModels.randomTokens(config, 37, 3);
    for (int slot = 0; slot < 3; slot++) {
      all.add(Difference.floats(runner.prefill(slot, tokens, 0, LogitsRows.ALL).data()));
    }
    all.add(Difference.floats(runner.prefill(1, tokens, 5, LogitsRows.LAST).data()));
    int[] three = {0, 1, 2};
    all.add(Difference.floats(runner.decode(three, three, new int[] {37, 20, 5}).data()));
    int[] apart = {0, 2};
    all.add(Difference.floats(runner.decode(apart, apart, new int[] {38, 6}).data()));
    runner.copySlot(0, 1, 30);
    all.add(Difference.floats(runner.decode(three, three, new int[] {39, 30, 7}).data()));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment saved = arena.allocate(20 * runner.kvBytesPerToken());
      runner.readKv(0, 10, 20, saved);
      runner.prefill(2, tokens, 0, LogitsRows.NONE);
      runner.writeKv(2, 10, 20, saved);
    }
    all.add(Difference.floats(runner.decode(three, three, new int[] {40, 31, 37}).data()));
    return all;
  }

  @Test
  void stagesGiveWhatOneSessionGives() {
    Bundle bundle = bundle(FIVE_LAYERS, Precision.INT4);
    List<float[]> one = played(bundle, host());
    assertThat(played(bundle, host(), 2)).usingRecursiveComparison().isEqualTo(one);
    assertThat(played(bundle, host(), 1, 4)).usingRecursiveComparison().isEqualTo(one);
    assertThat(played(bundle, host(), 1, 2, 3, 4)).usingRecursiveComparison().isEqualTo(one);
  }

  @Test
  void memoryOfADeviceGivesWhatTheHostsGives() {
    FakeCudaDriver gpu = new FakeCudaDriver();
    Bundle bundle = bundle(FIVE_LAYERS, Precision.INT8);
    List<float[]> expected = played(bundle, host());

    assertThat(played(bundle, gpu.memory())).usingRecursiveComparison().isEqualTo(expected);
    assertThat(played(bundle, gpu.memory(), 2, 3)).usingRecursiveComparison().isEqualTo(expected);
    assertThat(gpu.allocations()).isZero();
  }

  private static List<float[]> played(Bundle bundle, Memory memory, int... ends) {
    try (OnnxModelRunner runner = open(bundle, ElementType.FLOAT, memory, 3, ends)) {
      return play(runner);
    }
  }

  @Test
  void graphHasNothingThatACudaGraphCannotRecord() throws IOException {
    Bundle bundle = bundle(FIVE_LAYERS, Precision.INT4);
    for (ElementType type : List.of(ElementType.BFLOAT16, ElementType.FLOAT16)) {
      byte[] graph = CudaPlacement.graph(bundle, new LayerRange(0, 5), type);
      Set<String> operators =
          ModelProto.parseFrom(graph).getGraph().getNodeList().stream()
              .map(NodeProto::getOpType)
              .collect(Collectors.toSet());

      assertThat(operators)
          .containsExactlyInAnyOrder(
              "Add",
              "Cast",
              "Concat",
              "Exp",
              "FusedMatMul",
              "Gather",
              "GatherBlockQuantized",
              "GroupQueryAttention",
              "LayerNormalization",
              "MatMulNBits",
              "Max",
              "Min",
              "QMoE",
              "ReduceSum",
              "Reshape",
              "Sub",
              "TopK");
    }
  }

  @Test
  void whatTheOperatorCannotDoIsRefusedByName() {
    DbrxConfig gelu =
        new DbrxConfig(64, 2, 1, 1, 32, 50, 1f, 10_000, 64, 2, 1, 1f, Activation.GELU);
    DbrxConfig narrow =
        new DbrxConfig(96, 2, 1, 1, 32, 50, 1f, 10_000, 64, 2, 1, 1f, Activation.SILU);
    assertRefused(gelu, Precision.INT4, "ffn_act_fn is gelu");
    assertRefused(narrow, Precision.INT4, "d_model 96");
    assertRefused(FIVE_LAYERS, Precision.FP32, "export with precision int4 or int8");
    assertRefused(FIVE_LAYERS, Precision.INT4.withBlock(128), "whole blocks of 128");
  }

  private static void assertRefused(DbrxConfig config, Precision precision, String reason) {
    Bundle bundle = bundle(config, precision);
    LayerRange all = LayerRange.all(config);
    assertThatThrownBy(() -> CudaPlacement.graph(bundle, all, ElementType.BFLOAT16))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void cudaThatIsNotThereFailsOrFallsBackAsAsked() {
    Bundle bundle = bundle(FIVE_LAYERS, Precision.INT4);
    OrtRuntime runtime = OrtRuntime.get(TestModels.CACHE);
    RunnerOptions cuda = StagedModels.options(1).withDevice(Device.cuda(0));
    assertThatThrownBy(() -> OnnxModelRunner.open(runtime, bundle, cuda))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining("libonnxruntime_providers_cuda.so: missing");

    RunnerOptions either = StagedModels.options(1).withDevice(Device.cuda(0).orCpu());
    try (OnnxModelRunner runner = OnnxModelRunner.open(runtime, bundle, either)) {
      assertThat(runner.decode(new int[1], new int[1], new int[1]).rows()).isEqualTo(1);
    }
  }
}
