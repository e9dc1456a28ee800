package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.onnx.ort.FakeCudaDriver;
import dev.dbrx4j.onnx.ort.Memory;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.RunTerminatedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Passes cut into pieces that go through several stages at once.
class MicroBatchesTest {
  private static final DbrxConfig THREE_LAYERS =
      new DbrxConfig(64, 4, 2, 3, 128, 101, 1f, 10_000, 64, 4, 2, 1f, Activation.SILU);

  private static final DbrxConfig DBRX =
      new DbrxConfig(
          6144, 48, 8, 40, 32768, 100352, 8f, 500_000, 10752, 16, 4, 1f, Activation.SILU);

  private static final int SLOTS = 6;

  /// Kernels add in another order when there are more rows.
  private static final double BOUND = 5e-5;

  private static final Bundle BUNDLE = StagedModels.bundle(THREE_LAYERS, Precision.INT8);

  private static OnnxModelRunner open(Memory memory, MicroBatches microBatches, int... ends) {
    return StagedModels.open(BUNDLE, ElementType.FLOAT, memory, SLOTS, microBatches, ends);
  }

  private static MicroBatches ofAtMost(int most) {
    return (tokens, sequences, context) -> most;
  }

  /// Prompts of random lengths, then decode steps of random batches.
  private static List<float[]> play(OnnxModelRunner runner, long seed) {
    Random random = new Random(seed);
    List<float[]> all = new ArrayList<>();
    int[] positions = new int[SLOTS];
    for (int slot = 0; slot < SLOTS; slot++) {
      int[] prompt = TestModels.randomTokens(THREE_LAYERS, 1 + random.nextInt(30), slot);
      all.add(Difference.floats(runner.prefill(slot, prompt, 0, LogitsRows.ALL).data()));
      positions[slot] = prompt.length;
    }
    for (int step = 0; step < 12; step++) {
      boolean full = step % 3 == 0;
      int[] slots = IntStream.range(0, SLOTS).filter(_ -> full || random.nextInt(3) > 0).toArray();
      if (slots.length > 0) {
        int[] at = Arrays.stream(slots).map(slot -> positions[slot]++).toArray();
        int[] tokens = TestModels.randomTokens(THREE_LAYERS, slots.length, step);
        all.add(Difference.floats(runner.decode(slots, tokens, at).data()));
      }
    }
    return all;
  }

  @Test
  void resultsDoNotDependOnStagesOrPieces() {
    List<float[]> expected;
    try (OnnxModelRunner one = open(StagedModels.host(), MicroBatches.WHOLE)) {
      expected = play(one, 1);
    }
    Difference difference = new Difference();
    for (int[] ends : new int[][] {{}, {1}, {2}, {1, 2}}) {
      for (int most = 1; most <= SLOTS; most++) {
        try (OnnxModelRunner runner = open(StagedModels.host(), ofAtMost(most), ends)) {
          List<float[]> found = play(runner, 1);
          for (int i = 0; i < expected.size(); i++) {
            difference.add("micro-batches", found.get(i), expected.get(i));
            assertThat(choices(found.get(i))).isEqualTo(choices(expected.get(i)));
          }
        }
      }
    }
    System.out.println("[worst]" + difference);
    difference.assertBelow(BOUND);
  }

  private static List<Integer> choices(float... logits) {
    int vocabSize = THREE_LAYERS.vocabSize();
    return IntStream.range(0, logits.length / vocabSize)
        .mapToObj(row ->
            IntStream.range(0, vocabSize)
                .reduce((a, b) -> logits[row * vocabSize + b] > logits[row * vocabSize + a] ? b : a)
                .orElseThrow())
        .toList();
  }

  /// The driver's copies are where a stage can be made to fail or to be ended in its midst: into
  /// the device before a pass, from stage to stage, and back at the end.
  @ParameterizedTest
  @CsvSource({"1", "4", "9", "13", "17"})
  void failureInOneStageEndsThePassAndNothingElse(int copy) {
    FakeCudaDriver gpu = new FakeCudaDriver();
    try (OnnxModelRunner runner = open(gpu.memory(), ofAtMost(2), 1, 2)) {
      int[] all = IntStream.range(0, SLOTS).toArray();
      int[] positions = new int[SLOTS];
      float[] expected = twoSteps(runner, all, positions);

      gpu.onCopy(copy, () -> false);
      assertThatThrownBy(() -> runner.decode(all, all, positions))
          .isInstanceOf(NativeRuntimeException.class)
          .hasMessageContaining("cuMemcpy");

      assertThat(twoSteps(runner, all, positions)).isEqualTo(expected);
    }
    assertThat(gpu.allocations()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1", "4", "9", "13", "17"})
  void terminationInTheMidstLeavesWhatStoodBefore(int copy) {
    FakeCudaDriver gpu = new FakeCudaDriver();
    try (OnnxModelRunner runner = open(gpu.memory(), ofAtMost(2), 1, 2)) {
      int[] all = IntStream.range(0, SLOTS).toArray();
      int[] positions = new int[SLOTS];
      float[] expected = twoSteps(runner, all, positions);
      Arrays.fill(positions, 1);

      gpu.onCopy(
          copy,
          () -> {
            runner.terminate();
            return true;
          });
      assertThatThrownBy(() -> runner.decode(all, all, positions))
          .isInstanceOf(RunTerminatedException.class);

      float[] after = Difference.floats(runner.decode(all, all, positions).data());
      assertThat(after).isEqualTo(expected); // position 0 is as it was
    }
  }

  private static float[] twoSteps(OnnxModelRunner runner, int[] all, int[] positions) {
    runner.decode(all, all, positions);
    int[] next = Arrays.stream(positions).map(p -> p + 1).toArray();
    return Difference.floats(runner.decode(all, all, next).data());
  }

  @Test
  void everyPieceOfADecodeStepIsRecordedAsAGraphOfItsOwn() {
    Set<Integer> graphs = new HashSet<>();
    int pieces = 0;
    for (int lane = 0; lane < 3; lane++) {
      for (int first = 0; first < SLOTS; first++) {
        for (int count = 1; first + count <= SLOTS; count++) {
          PassShape piece = new PassShape(first, count, 1, first, count);
          assertThat(piece.isCompactDecode()).isTrue();
          graphs.add(piece.graph(lane, SLOTS));
          pieces++;
        }
      }
    }
    assertThat(graphs).hasSize(pieces).doesNotContain(-1);
  }

  @Test
  void cutIsTheQuickestThereIs() {
    GpuPlan.Demand demand = new GpuPlan.Demand(DBRX, Precision.INT4, 64, 32768, 2048);
    for (int stages = 1; stages <= 4; stages++) {
      MicroBatches cut = MicroBatches.quickest(demand, stages);
      for (int batch : new int[] {1, 2, 7, 64}) {
        for (int context : new int[] {0, 2048, 32768}) {
          assertThat(cut.most(batch, batch, context)).isBetween(1, batch);
        }
      }
      assertThat(cut.most(1, 1, 100)).isEqualTo(1);
    }
    MicroBatches two = MicroBatches.quickest(demand, 2);
    assertThat(two.most(64, 64, 2048)).as("weights are most of the bytes").isEqualTo(64);
    assertThat(two.most(64, 64, 32768)).as("keys and values are").isLessThan(33);
    assertThat(two.most(2048, 1, 0)).as("operations take the time").isBetween(128, 512);
    assertThat(two.most(16, 1, 0)).as("weights again").isEqualTo(16);
    assertThat(MicroBatches.quickest(demand, 1).most(2048, 1, 0)).isEqualTo(2048);
  }
}
