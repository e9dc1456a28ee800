package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.TestCheckpoints;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The exported integers on ONNX Runtime against the plain forward pass with the same numbers: what
/// differs is arithmetic alone, not the quantisation.
class QuantisedModelsTest {
  private static final int TOKENS = 24;

  /// As for float32 matrices: every product is computed in float32.
  private static final double FLOAT_BOUND = 2e-4;

  private static final Difference WORST = new Difference();

  @TempDir Path folder;

  static Stream<Arguments> models() {
    Random random = new Random(1);
    List<Arguments> models = new ArrayList<>();
    for (WeightType type : List.of(WeightType.INT8, WeightType.INT4)) {
      for (int block : new int[] {32, 64, 128}) {
        Precision precision = Precision.of(type).withBlock(block);
        models.add(Arguments.of(model(96, 40, Activation.SILU), precision));
        models.add(Arguments.of(model(128, 16 + random.nextInt(150), Activation.GELU), precision));
      }
    }
    Precision int4 = Precision.INT4;
    DbrxConfig model = model(128, 64, Activation.SILU);
    models.add(Arguments.of(model, int4.withLmHead(WeightType.INT4)));
    models.add(Arguments.of(model, int4.withEmbedding(WeightType.INT4)));
    models.add(
        Arguments.of(model, int4.withEmbedding(WeightType.FP32).withLmHead(WeightType.FP32)));
    models.add(Arguments.of(model, int4.withDense(WeightType.BF16)));
    models.add(Arguments.of(model, Precision.INT8.withAttention(WeightType.FP32)));
    return models.stream();
  }

  private static DbrxConfig model(int width, int ffn, Activation activation) {
    return new DbrxConfig(width, 2, 1, 2, 64, 101, 1f, 10_000, ffn, 5, 2, 1f, activation);
  }

  @ParameterizedTest
  @MethodSource("models")
  void agreesWithThePlainForwardPass(DbrxConfig config, Precision precision) {
    TestCheckpoints.write(folder, config, TestCheckpoints.randomWeights(config, 1));
    Bundle bundle = TestModels.bundle(folder, precision);
    ReferenceModel reference = ReferenceModel.of(config, DequantisedWeights.of(bundle));
    Difference difference = new Difference();
    for (int tokens : new int[] {1, TOKENS}) { // one token leaves most experts without any
      compare(difference, bundle, reference, TestModels.randomTokens(config, tokens, 2));
    }
    WORST.add(difference);
    difference.assertBelow(FLOAT_BOUND);
  }

  private static void compare(
      Difference difference, Bundle bundle, ReferenceModel reference, int... tokens) {
    ReferenceModel.Trace expected = reference.run(tokens);
    try (GraphProbe probe = GraphProbe.run(bundle, GraphProbe.FLOAT_ACTIVATIONS, tokens)) {
      difference.add("logits", probe.logits(), expected.logits());
      for (int layer = 0; layer < bundle.config().nLayers(); layer++) {
        difference.add(
            "hidden state", probe.hiddenState(layer + 1), expected.hiddenStates().get(layer + 1));
      }
    }
  }

  @AfterAll
  static void printWorst() {
    System.out.println("[worst] quantised models:" + WORST);
  }
}
