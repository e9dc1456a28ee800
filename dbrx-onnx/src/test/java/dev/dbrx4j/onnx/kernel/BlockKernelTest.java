package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockKernelTest {
  /// Rounding activations to 1 / 1023 or 1 / 127 of the largest of 64; twice what was measured.
  private static double bound(int bits) {
    return bits == 4 ? 0.0012 : 0.01;
  }

  @ParameterizedTest
  @CsvSource({
    "4, 32, 64",
    "4, 32, 320",
    "4, 64, 192",
    "4, 128, 256",
    "4, 128, 320",
    "8, 32, 64",
    "8, 32, 320",
    "8, 64, 192",
    "8, 128, 256",
    "8, 128, 320"
  })
  void multipliesAsInDoubleArithmetic(int bits, int block, int inputs) {
    SplittableRandom random = new SplittableRandom(bits + block + inputs);
    try (Arena arena = Arena.ofConfined();
        WorkerPool pool = new WorkerPool(3)) {
      int outputs = 77;
      RandomMatrix w = new RandomMatrix(arena, random, 1, outputs, inputs, bits, block);
      double[][] x = new double[5][];
      Arrays.setAll(x, i -> RandomMatrix.normal(random, inputs));
      MemorySegment y = arena.allocate(JAVA_FLOAT, (long) x.length * outputs);
      BlockProduct product = new BlockProduct(pool, inputs, bits);
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

  /// All activations at their bound against all weights at theirs: the largest sums that there are.
  @ParameterizedTest
  @CsvSource({"4, 32", "4, 64", "8, 32", "8, 64"})
  void sumsDoNotOverflow(int bits, int block) {
    for (byte stored : new byte[] {0, -1}) {
      try (Arena arena = Arena.ofConfined();
          WorkerPool pool = new WorkerPool(1)) {
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
          new BlockProduct(pool, 256, bits)
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
        WorkerPool pool = new WorkerPool(1)) {
      RandomMatrix w = new RandomMatrix(arena, new SplittableRandom(1), 1, 3, 64, 4, 64);
      MemorySegment y = arena.allocate(JAVA_FLOAT, 3);
      new BlockProduct(pool, 64, 4)
          .run(w.matrix, RandomMatrix.floats(arena, new double[64]).address(), 1, y.address());
      assertThat(y.toArray(JAVA_FLOAT)).containsExactly(0, 0, 0);
    }
  }
}
