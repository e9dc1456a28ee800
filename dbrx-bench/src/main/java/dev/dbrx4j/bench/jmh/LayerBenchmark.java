package dev.dbrx4j.bench.jmh;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.bench.Geometries;
import dev.dbrx4j.onnx.kernel.BlockExperts;
import dev.dbrx4j.onnx.kernel.BlockMatrix;
import dev.dbrx4j.onnx.kernel.BlockProduct;
import dev.dbrx4j.onnx.kernel.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// All products of one layer at DBRX's true size, with random weights: the attention's two and the
/// experts', 3.26 billion weights. Attention over the cache is not in it.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(value = 1, jvmArgsAppend = "-XX:MaxDirectMemorySize=16g")
public class LayerBenchmark {
  private static final DbrxConfig DBRX = Geometries.named("dbrx");

  /// Bits of a weight.
  @Param({"4", "8"})
  public int bits = 4;

  /// Tokens of a pass.
  @Param({"1", "512"})
  public int tokens = 1;

  /// Numbers that share a scale.
  @Param("64")
  public int block = 64;

  /// Threads of a pass.
  @Param("2")
  public int threads = 2;

  private final Arena arena = Arena.ofShared();
  private final SplittableRandom random = new SplittableRandom(1);
  private Runnable layer = () -> {};

  /// For JMH.
  public LayerBenchmark() {}

  /// Makes the weights.
  @Setup
  public void makeLayer() {
    int d = DBRX.dModel();
    Workspace workspace = new Workspace(threads);
    BlockMatrix qkv = matrix(1, DBRX.qkvWidth(), d);
    BlockMatrix out = matrix(1, d, d);
    BlockMatrix gateUp = matrix(DBRX.nExperts(), 2 * DBRX.ffnHiddenSize(), d);
    BlockMatrix down = matrix(DBRX.nExperts(), d, DBRX.ffnHiddenSize());
    BlockProduct product = new BlockProduct(workspace, qkv);
    BlockExperts experts =
        new BlockExperts(workspace, gateUp, down, DBRX.nExperts(), DBRX.topK(), 1);
    long x = floats(d).address();
    long logits = floats(DBRX.nExperts()).address();
    long wide = floats(DBRX.qkvWidth()).address();
    long y = floats(d).address();
    layer =
        () -> {
          product.run(qkv, x, tokens, wide);
          product.run(out, x, tokens, y);
          experts.run(x, logits, tokens, y);
        };
  }

  /// Frees them.
  @TearDown
  public void free() {
    arena.close();
  }

  /// One pass.
  @Benchmark
  public void layer() {
    layer.run();
  }

  private BlockMatrix matrix(int count, int outputs, int inputs) {
    BlockMatrix shape = new BlockMatrix(0, 0, outputs, inputs, bits, block);
    MemorySegment integers = arena.allocate((long) count * outputs * shape.rowBytes(), 4096);
    for (long at = 0; at < integers.byteSize(); at += Long.BYTES) {
      integers.set(JAVA_LONG, at, random.nextLong());
    }
    MemorySegment scales = arena.allocate(JAVA_FLOAT, (long) count * outputs * shape.blocks());
    for (long i = 0; i < scales.byteSize() / Float.BYTES; i++) {
      scales.setAtIndex(JAVA_FLOAT, i, 0.001f);
    }
    return new BlockMatrix(integers.address(), scales.address(), outputs, inputs, bits, block);
  }

  private MemorySegment floats(int width) {
    MemorySegment floats = arena.allocate(JAVA_FLOAT, (long) tokens * width);
    for (long i = 0; i < (long) tokens * width; i++) {
      floats.setAtIndex(JAVA_FLOAT, i, (float) random.nextGaussian());
    }
    return floats;
  }
}
