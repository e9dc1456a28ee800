package dev.dbrx4j.bench.jmh;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.dbrx4j.onnx.kernel.BlockMatrix;
import dev.dbrx4j.onnx.kernel.BlockProduct;
import dev.dbrx4j.onnx.kernel.Routing;
import dev.dbrx4j.onnx.kernel.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What a layer on the processor is made of: a product with a quantised matrix that stays in the
/// cache (so what counts is how fast integers become products), and the choice of experts.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
public class KernelBenchmark {
  private static final int EXPERTS = 16;
  private static final int ROWS = 256;
  private static final int WIDTH = 1536;

  /// Bits of a weight.
  @Param({"4", "8"})
  public int bits = 4;

  /// Numbers that share a scale.
  @Param({"32", "64", "128"})
  public int block = 64;

  /// Tokens of a pass.
  @Param({"1", "8"})
  public int tokens = 1;

  private final Arena arena = Arena.ofAuto();
  private final Workspace workspace = new Workspace(1);
  private final Routing routing = new Routing(EXPERTS, 4, 1);
  private final MemorySegment x = arena.allocate(JAVA_FLOAT, 8L * WIDTH);
  private final MemorySegment y = arena.allocate(JAVA_FLOAT, 8L * ROWS);
  private BlockMatrix matrix = new BlockMatrix(0, 0, 0, WIDTH, 4, 64);
  private BlockProduct product = new BlockProduct(workspace, matrix);

  /// For JMH.
  public KernelBenchmark() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 8 * WIDTH; i++) {
      x.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
    }
  }

  /// Makes the matrix.
  @Setup
  public void makeMatrix() {
    BlockMatrix shape = new BlockMatrix(0, 0, ROWS, WIDTH, bits, block);
    MemorySegment integers = arena.allocate(ROWS * shape.rowBytes(), 64);
    MemorySegment scales = arena.allocate(JAVA_FLOAT, (long) ROWS * shape.blocks());
    matrix = new BlockMatrix(integers.address(), scales.address(), ROWS, WIDTH, bits, block);
    product = new BlockProduct(workspace, matrix);
  }

  /// 256 rows of 1,536 weights.
  @Benchmark
  public void product() {
    product.run(matrix, x.address(), tokens, y.address());
  }

  /// Softmax over sixteen experts and the choice of four.
  ///
  /// @return the choice
  @Benchmark
  public Routing routing() {
    routing.set(x.address(), tokens);
    return routing;
  }
}
