package dev.dbrx4j.onnx.runtime;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.graph.JavaKernels;
import dev.dbrx4j.onnx.kernel.BlockOperators;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledIf("isImpossible")
class JavaKernelsTest {
  private static final DbrxConfig MODEL = model(128, 192, 2, 1f, Activation.SILU);

  private static DbrxConfig model(int d, int ffn, int k, Float norm, Activation activation) {
    return new DbrxConfig(d, 4, 2, 2, 512, 251, 2f, 10_000, ffn, 5, k, norm, activation);
  }

  /// Both round activations, ours beside weights of eight bits less. All experts serve all tokens
  /// here: a near tie that rounding decides otherwise would be no error.
  @ParameterizedTest
  @CsvSource({
    "INT4, 32, 192, 1, SILU",
    "INT4, 64, 192, , SILU",
    "INT8, 32, 64, 2, SILU",
    "INT8, 128, 128, 1, SILU",
    "INT4, 64, 192, 1, GELU",
    "INT4, 32, 96, 1, SILU"
  })
  void givesTheLogitsOfOnnxRuntimesKernels(
      WeightType type, int block, int ffn, Float norm, Activation activation) {
    Precision precision = new Precision(type, type, type, type, block);
    assertAgree(model(128, ffn, 5, norm, activation), precision);
  }

  @Test
  void leavesDenseMatricesInBfloat16ToOnnxRuntime() {
    assertAgree(MODEL, Precision.INT4.withDense(WeightType.BF16));
  }

  private static void assertAgree(DbrxConfig config, Precision precision) {
    Bundle bundle = TestModels.bundle(TestModels.checkpoint(config), precision);
    float[] java = logits(bundle);
    System.setProperty(CpuSession.JAVA_KERNELS, "false");
    try {
      float[] plain = logits(bundle);
      double error = 0;
      double length = 0;
      for (int i = 0; i < java.length; i++) {
        error += Math.pow(java[i] - plain[i], 2);
        length += Math.pow(plain[i], 2);
      }
      assertThat(Math.sqrt(error / length)).isBetween(1e-9, 0.06);
    } finally {
      System.clearProperty(CpuSession.JAVA_KERNELS);
    }
  }

  /// Logits after a prompt and after some steps.
  private static float[] logits(Bundle bundle) {
    int vocab = bundle.config().vocabSize();
    int[] tokens = TestModels.randomTokens(bundle.config(), 24, 3);
    float[] logits = new float[5 * vocab];
    try (OnnxModelRunner runner = TestModels.open(bundle.folder(), 2, 64)) {
      copy(runner.prefill(1, Arrays.copyOf(tokens, 20), 0, LogitsRows.LAST), logits, 0);
      for (int i = 20; i < 24; i++) {
        Logits next = runner.decode(new int[] {1}, new int[] {tokens[i]}, new int[] {i});
        copy(next, logits, (i - 19) * vocab);
      }
    }
    return logits;
  }

  private static void copy(Logits logits, float[] target, int at) {
    MemorySegment.copy(logits.row(0), JAVA_FLOAT, 0, target, at, logits.vocabSize());
  }

  @Test
  void putsOneNodeForALayersExperts() throws IOException {
    Bundle bundle = TestModels.bundle(TestModels.checkpoint(MODEL), Precision.INT4.withBlock(64));
    ModelProto graph =
        JavaKernels.into(
            ModelProto.parseFrom(Files.readAllBytes(bundle.graph(Flavour.CPU))), MODEL);
    assertThat(graph.getGraph().getNodeList().stream().map(NodeProto::getOpType))
        .doesNotContain("MatMulNBits")
        .filteredOn(type -> type.startsWith("Block"))
        .hasSize(2 * 3 + 1);
    assertThat(graph.getGraph().getNodeCount()).isLessThan(32);
  }

  static boolean isImpossible() {
    return !BlockOperators.obstacle().isEmpty();
  }
}
