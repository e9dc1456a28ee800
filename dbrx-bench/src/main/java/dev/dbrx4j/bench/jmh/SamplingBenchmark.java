package dev.dbrx4j.bench.jmh;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.sampling.TokenSampler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Picks a token from normally distributed logits over DBRX's vocabulary.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SamplingBenchmark {
  private static final int VOCAB_SIZE = 100_352;

  /// How.
  public enum Kind {
    /// The likeliest token.
    GREEDY,
    /// Temperature alone.
    TEMPERATURE,
    /// As Databricks' own script: temperature, top-k, top-p and a repetition penalty.
    DATABRICKS;

    GenerationOptions options() {
      GenerationOptions.Builder options = GenerationOptions.builder().seed(1);
      return switch (this) {
        case GREEDY -> options.temperature(0).build();
        case TEMPERATURE -> options.temperature(0.7).topK(0).build();
        case DATABRICKS ->
            options.temperature(0.7).topK(50).topP(0.95).repetitionPenalty(1.01).build();
      };
    }
  }

  /// How to sample.
  @Param public Kind kind = Kind.GREEDY;

  private final MemorySegment drawn = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, VOCAB_SIZE);
  private final MemorySegment logits = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, VOCAB_SIZE);
  private TokenSampler sampler = sampler();

  /// For JMH.
  public SamplingBenchmark() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < VOCAB_SIZE; i++) {
      drawn.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) (3 * random.nextGaussian()));
    }
  }

  private TokenSampler sampler() {
    return new TokenSampler(kind.options(), VOCAB_SIZE, new int[0], new int[] {1, 2, 3});
  }

  /// Starts a sequence.
  @Setup(Level.Iteration)
  public void start() {
    sampler = sampler();
  }

  /// {@return a token; the logits are copied first, because sampling overwrites them}
  @Benchmark
  public int next() {
    logits.copyFrom(drawn);
    return sampler.next(logits);
  }
}
