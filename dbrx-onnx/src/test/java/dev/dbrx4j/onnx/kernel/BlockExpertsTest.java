package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledIf("isImpossible")
class BlockExpertsTest {
  private static final int COUNT = 5;
  private static final int WIDTH = 128;
  private static final int FFN = 192;

  @ParameterizedTest
  @CsvSource({
    "4, 32, 2, 1",
    "4, 64, 2, 0",
    "4, 128, 5, 2",
    "8, 32, 1, 1",
    "8, 64, 3, 2",
    "8, 128, 5, 1"
  })
  void computesAsInDoubleArithmetic(int bits, int block, int k, float norm) {
    SplittableRandom random = new SplittableRandom(7);
    try (Arena arena = Arena.ofConfined();
        Workspace workspace = new Workspace(2)) {
      RandomMatrix up = new RandomMatrix(arena, random, COUNT, 2 * FFN, WIDTH, bits, block);
      RandomMatrix down = new RandomMatrix(arena, random, COUNT, WIDTH, FFN, bits, block);
      BlockExperts experts = new BlockExperts(workspace, up.matrix, down.matrix, COUNT, k, norm);
      for (int tokens : new int[] {1, 7, 3, 40}) {
        double[][] x = new double[tokens][];
        double[][] logits = new double[tokens][];
        for (int t = 0; t < tokens; t++) {
          x[t] =
              Arrays.stream(RandomMatrix.normal(random, WIDTH))
                  .map(v -> (float) (v / 50))
                  .toArray();
          logits[t] = RandomMatrix.normal(random, COUNT);
        }
        MemorySegment y = arena.allocate(JAVA_FLOAT, (long) tokens * WIDTH);
        experts.run(
            RandomMatrix.floats(arena, x).address(),
            RandomMatrix.floats(arena, logits).address(),
            tokens,
            y.address());
        float[] actual = y.toArray(JAVA_FLOAT);
        for (int t = 0; t < tokens; t++) {
          double[] expected = expected(up, down, x[t], logits[t], k, norm);
          assertThat(RandomMatrix.error(actual, t * WIDTH, expected))
              .isLessThan(bits == 4 ? 0.03 : 0.0005);
        }
      }
    }
  }

  private static double[] expected(
      RandomMatrix up, RandomMatrix down, double[] x, double[] logits, int k, float norm) {
    double total = Arrays.stream(logits).map(Math::exp).sum();
    int[] best =
        IntStream.range(0, COUNT)
            .boxed()
            .sorted(Comparator.comparingDouble(e -> -logits[e]))
            .limit(k)
            .mapToInt(e -> e)
            .toArray();
    double[] weights = Arrays.stream(best).mapToDouble(e -> Math.exp(logits[e]) / total).toArray();
    double divisor =
        norm == 0
            ? 1
            : Math.pow(Arrays.stream(weights).map(w -> Math.pow(w, norm)).sum(), 1 / norm);
    double[] sum = new double[WIDTH];
    for (int i = 0; i < k; i++) {
      double[] both = RandomMatrix.product(up.weights[best[i]], x);
      double[] h = new double[FFN];
      Arrays.setAll(h, j -> both[2 * j] / (1 + Math.exp(-both[2 * j])) * both[2 * j + 1]);
      double[] y = RandomMatrix.product(down.weights[best[i]], h);
      for (int j = 0; j < WIDTH; j++) {
        sum[j] += weights[i] / divisor * y[j];
      }
    }
    return sum;
  }

  static boolean isImpossible() {
    return !BlockOperators.obstacle().isEmpty();
  }
}
