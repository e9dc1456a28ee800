package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.onnx.TestCheckpoints;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The exported graph on ONNX Runtime against the plain forward pass, on models of many shapes.
class RandomModelsTest {
  private static final int TOKENS = 24;

  /// Five times the worst seen; the smallest planted mistake moves logits like these by 8e-3.
  private static final double BOUND = 2e-4;

  private static final Difference WORST = new Difference();

  @TempDir Path folder;

  static Stream<DbrxConfig> models() {
    Stream<DbrxConfig> corners =
        Stream.of(
            model(null, 1f, 4, 2, Activation.SILU),
            model(1f, null, 4, 2, Activation.SILU),
            model(1f, 2f, 4, 2, Activation.GELU),
            model(1f, 3f, 5, 5, Activation.SILU),
            model(null, null, 3, 1, Activation.GELU),
            model(0.5f, 1f, 1, 1, Activation.SILU));
    Random random = new Random(1);
    return Stream.concat(corners, Stream.generate(() -> randomModel(random)).limit(12));
  }

  private static DbrxConfig model(
      Float clip, Float norm, int experts, int topK, Activation activation) {
    return new DbrxConfig(96, 6, 2, 2, 64, 101, clip, 10_000, 40, experts, topK, norm, activation);
  }

  private static DbrxConfig randomModel(Random random) {
    int kvHeads = 1 + random.nextInt(3);
    int heads = kvHeads * (1 + random.nextInt(4));
    int headDim = pick(random, 16, 32, 48, 64, 128);
    int experts = 1 + random.nextInt(9);
    return new DbrxConfig(
        heads * headDim,
        heads,
        kvHeads,
        1 + random.nextInt(3),
        32 + random.nextInt(100),
        17 + random.nextInt(300),
        pick(random, null, 0.7f, 1.5f, 8f),
        pick(random, 10_000.0, 500_000.0, 100.0),
        1 + random.nextInt(70),
        experts,
        1 + random.nextInt(experts),
        pick(random, null, 1f, 2f, 3f, 0.5f),
        pick(random, Activation.values()));
  }

  @SafeVarargs
  private static <T> T pick(Random random, T... values) {
    return values[random.nextInt(values.length)];
  }

  @ParameterizedTest
  @MethodSource("models")
  void agreesWithThePlainForwardPass(DbrxConfig config) {
    var weights = TestCheckpoints.randomWeights(config, 1);
    TestCheckpoints.write(folder, config, weights);
    int[] tokens = TestModels.randomTokens(config, TOKENS, 2);
    ReferenceModel.Trace expected = ReferenceModel.of(config, weights).run(tokens);
    Difference difference = new Difference();
    try (GraphProbe probe = GraphProbe.run(folder, tokens)) {
      difference.add("logits", probe.logits(), expected.logits());
      for (int layer = 0; layer < config.nLayers(); layer++) {
        difference.add(
            "hidden state", probe.hiddenState(layer + 1), expected.hiddenStates().get(layer + 1));
        difference.add(
            "router", probe.routerProbabilities(layer), expected.routerProbabilities().get(layer));
        difference.add("keys", probe.keys(layer), byHead(config, expected.keys(), layer));
        difference.add("values", probe.values(layer), byHead(config, expected.values(), layer));
      }
    }
    WORST.add(difference);
    difference.assertBelow(BOUND);
  }

  @AfterAll
  static void printWorst() {
    System.out.println("[worst] random models:" + WORST);
  }

  private static double[][] byHead(DbrxConfig config, List<double[][]> layers, int layer) {
    return ReferenceModel.byHead(layers.get(layer), config.headDim());
  }
}
