package dev.dbrx4j.bench.sampling;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.sampling.TokenSampler;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Picking a token allocates nothing: all that grows is the list of tokens, whose array is doubled
/// now and then.
class SamplerAllocationTest {
  private static final int VOCAB_SIZE = 20_000;
  private static final int TOKENS = 100;

  static Stream<GenerationOptions> samplers() {
    GenerationOptions greedy = GenerationOptions.builder().temperature(0).build();
    GenerationOptions penalised =
        greedy.toBuilder()
            .repetitionPenalty(1.1)
            .frequencyPenalty(0.1)
            .presencePenalty(0.1)
            .suppressTokens(5)
            .build();
    GenerationOptions sampled =
        GenerationOptions.builder().seed(1).temperature(0.7).topK(50).topP(0.95).build();
    return Stream.of(
        greedy, penalised, sampled, sampled.toBuilder().minP(0.01).typicalP(0.9).build());
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void allocatesNothingInTheSteadyState(GenerationOptions options) {
    MemorySegment drawn = Arena.ofAuto().allocate(JAVA_FLOAT, VOCAB_SIZE);
    Random random = new Random(1);
    for (int id = 0; id < VOCAB_SIZE; id++) {
      drawn.setAtIndex(JAVA_FLOAT, id, 3 * (float) random.nextGaussian());
    }
    MemorySegment row = Arena.ofAuto().allocate(JAVA_FLOAT, VOCAB_SIZE);
    TokenSampler sampler = new TokenSampler(options, VOCAB_SIZE, new int[0], new int[] {1, 2, 3});
    Stopwatch stopwatch = new Stopwatch(TOKENS);
    double[] bytes =
        IntStream.range(0, 40)
            .mapToDouble(i -> stopwatch.bytes(() -> sampler.next(row.copyFrom(drawn))))
            .skip(20)
            .sorted()
            .toArray();
    assertThat(bytes[bytes.length / 2]).isZero();
    assertThat(bytes[bytes.length - 1]).isLessThan(1000);
  }
}
