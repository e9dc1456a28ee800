package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledIf("isImpossible")
class BlockProductTest {
  /// Rounding activations to 1 / 127 or 1 / 8191 of their group's largest; twice what was measured.
  private static double bound(int bits) {
    return bits == 4 ? 0.014 : 0.0002;
  }

  @ParameterizedTest
  @CsvSource({
    "4, 32, 64",
    "4, 32, 320",
    "4, 64, 192",
    "4, 128, 256",
    "4, 128, 320",
    "4, 64, 70",
    "4, 128, 1000",
    "4, 64, 1536",
    "8, 32, 64",
    "8, 32, 320",
    "8, 64, 192",
    "8, 128, 256",
    "8, 128, 320",
    "8, 32, 70",
    "8, 64, 1000"
  })
  void multipliesAsInDoubleArithmetic(int bits, int block, int inputs) {
    SplittableRandom random = new SplittableRandom(bits + block + inputs);
    try (Arena arena = Arena.ofConfined();
        Workspace workspace = new Workspace(3)) {
      int outputs = 77;
      RandomMatrix w = new RandomMatrix(arena, random, 1, outputs, inputs, bits, block);
      double[][] x = new double[21][];
      Arrays.setAll(x, i -> RandomMatrix.normal(random, inputs));
      MemorySegment y = arena.allocate(JAVA_FLOAT, (long) x.length * outputs);
      BlockProduct product = new BlockProduct(workspace, w.matrix);
      product.run(w.matrix, RandomMatrix.floats(arena, x).address(), x.length, y.address());
      float[] together = y.toArray(JAVA_FLOAT);
      for (int v = 0; v < x.length; v++) {
        double[] expected = RandomMatrix.product(w.weights[0], x[v]);
        assertThat(RandomMatrix.error(together, v * outputs, expected)).isLessThan(bound(bits));
        product.run(w.matrix, RandomMatrix.floats(arena, x[v]).address(), 1, y.address());
        assertThat(Arrays.copyOf(y.toArray(JAVA_FLOAT), outputs))
            .as("alone as with others")
            .isEqualTo(Arrays.copyOfRange(together, v * outputs, (v + 1) * outputs));
      }
    }
  }

  /// Whole numbers with the largest of a group at its bound are not rounded: what is left is the
  /// rounding of float sums.
  @ParameterizedTest
  @CsvSource({"4, 32, 448", "4, 64, 448", "4, 128, 384", "8, 32, 448", "8, 64, 448", "8, 128, 384"})
  void integersAreExact(int bits, int block, int inputs) {
    SplittableRandom random = new SplittableRandom(bits + block);
    try (Arena arena = Arena.ofConfined();
        Workspace workspace = new Workspace(2)) {
      RandomMatrix w = new RandomMatrix(arena, random, 1, 70, inputs, bits, block);
      int most = bits == 4 ? 127 : 8191;
      for (int vectors = 1; vectors <= 9; vectors++) {
        double[][] x = new double[vectors][inputs];
        for (double[] vector : x) {
          Arrays.setAll(vector, i -> i % 32 == 5 ? most : random.nextInt(-most, most + 1));
        }
        MemorySegment y = arena.allocate(JAVA_FLOAT, (long) vectors * 70);
        new BlockProduct(workspace, w.matrix)
            .run(w.matrix, RandomMatrix.floats(arena, x).address(), vectors, y.address());
        for (int v = 0; v < vectors; v++) {
          double[] expected = RandomMatrix.product(w.weights[0], x[v]);
          assertThat(RandomMatrix.error(y.toArray(JAVA_FLOAT), v * 70, expected)).isLessThan(2e-6);
        }
      }
    }
  }

  /// All activations at their bound against all weights at theirs: the largest sums that there are.
  @ParameterizedTest
  @CsvSource({"4, 32", "4, 64", "4, 128", "8, 32", "8, 64", "8, 128"})
  void sumsDoNotOverflow(int bits, int block) {
    for (byte stored : new byte[] {0, -1}) {
      try (Arena arena = Arena.ofConfined();
          Workspace workspace = new Workspace(1)) {
        BlockMatrix shape = new BlockMatrix(0, 0, 1, 256, bits, block);
        MemorySegment integers = arena.allocate(shape.rowBytes()).fill(stored);
        MemorySegment scales = arena.allocate(JAVA_FLOAT, shape.blocks());
        for (int i = 0; i < shape.blocks(); i++) {
          scales.setAtIndex(JAVA_FLOAT, i, 1);
        }
        BlockMatrix m = new BlockMatrix(integers.address(), scales.address(), 1, 256, bits, block);
        MemorySegment y = arena.allocate(JAVA_FLOAT);
        for (double sign : new double[] {1, -1}) {
          double[] x = new double[256];
          Arrays.fill(x, sign);
          new BlockProduct(workspace, m)
              .run(m, RandomMatrix.floats(arena, x).address(), 1, y.address());
          int zero = 1 << (bits - 1);
          double weight = stored == 0 ? -zero : zero - 1;
          assertThat(y.get(JAVA_FLOAT, 0) / (256 * sign * weight)).isBetween(0.99999, 1.00001);
        }
      }
    }
  }

  @Test
  void takesZeros() {
    try (Arena arena = Arena.ofConfined();
        Workspace workspace = new Workspace(1)) {
      RandomMatrix w = new RandomMatrix(arena, new SplittableRandom(1), 1, 3, 64, 4, 64);
      MemorySegment y = arena.allocate(JAVA_FLOAT, 3);
      new BlockProduct(workspace, w.matrix)
          .run(w.matrix, RandomMatrix.floats(arena, new double[64]).address(), 1, y.address());
      assertThat(y.toArray(JAVA_FLOAT)).containsExactly(0, 0, 0);
    }
  }

  static boolean isImpossible() {
    return !BlockOperators.obstacle().isEmpty();
  }
}
