package dev.dbrx4j.onnx.runtime;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.FakeCudaDriver;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The likeliest tokens that the graph for GPUs tells apart from rows of logits.
class LikeliestTest {
  private static final DbrxConfig MODEL = model(1280);

  private static DbrxConfig model(int vocabSize) {
    return new DbrxConfig(64, 4, 2, 2, 128, vocabSize, 1f, 10_000, 64, 4, 2, 1f, Activation.SILU);
  }

  /// Fewer than are told apart; as many; no groups; groups of several sizes.
  @ParameterizedTest
  @ValueSource(ints = {101, 128, 997, 1280, 1024, 3000})
  void areThoseOfTheRow(int vocabSize) {
    Bundle bundle = StagedModels.bundle(model(vocabSize), Precision.INT8);
    for (ElementType type : new ElementType[] {ElementType.FLOAT, ElementType.FLOAT16}) {
      try (OnnxModelRunner runner =
          StagedModels.open(bundle, type, StagedModels.host(), 2, MicroBatches.WHOLE)) {
        int[] tokens = TestModels.randomTokens(bundle.config(), 5, 1);
        Logits logits = runner.prefill(0, tokens, 0, LogitsRows.ALL);
        for (int row = 0; row < 5; row++) {
          assertAgrees(
              logits.likeliest(row).toArray(JAVA_FLOAT), logits.row(row).toArray(JAVA_FLOAT));
        }
      }
    }
  }

  private static void assertAgrees(float[] likeliest, float... row) {
    int count = likeliest.length / 2;
    float[] sorted = row.clone();
    Arrays.sort(sorted);
    double sum = 0;
    for (float logit : row) {
      sum += Math.exp((double) logit - sorted[row.length - 1]);
    }
    assertThat((double) likeliest[0]).isCloseTo(sum, within(Logits.SUM_ERROR / 10 * sum));
    for (int i = 0; i < count; i++) {
      assertThat(likeliest[1 + i]).isEqualTo(sorted[row.length - 1 - i]);
      assertThat(row[(int) likeliest[1 + count + i]]).isEqualTo(likeliest[1 + i]);
    }
    assertThat(IntStream.range(1 + count, 1 + 2 * count).map(i -> (int) likeliest[i]).distinct())
        .hasSize(count);
  }

  @Test
  void decodeStepCopiesItsTokensUpAndTheLikeliestDown() {
    FakeCudaDriver gpu = new FakeCudaDriver();
    Bundle bundle = StagedModels.bundle(MODEL, Precision.INT4);
    try (OnnxModelRunner runner =
        StagedModels.open(bundle, ElementType.FLOAT16, gpu.memory(), 2, MicroBatches.WHOLE)) {
      int[] both = {0, 1};
      runner.decode(both, both, new int[] {0, 0});
      long before = gpu.copiedBytes();
      Logits logits = runner.decode(both, both, new int[] {1, 1});

      int idsRowsAndPositions = 2 * (8 + 8 + 4);
      int likeliest = 2 * (1 + 2 * 128) * Float.BYTES;
      assertThat(gpu.copiedBytes() - before).isEqualTo(idsRowsAndPositions + likeliest);

      before = gpu.copiedBytes();
      logits.row(1);
      logits.row(1);
      assertThat(gpu.copiedBytes() - before).isEqualTo(1280 * Float.BYTES);
      logits.data();
      assertThat(gpu.copiedBytes() - before).isEqualTo(2 * 1280 * Float.BYTES);
    }
  }
}
