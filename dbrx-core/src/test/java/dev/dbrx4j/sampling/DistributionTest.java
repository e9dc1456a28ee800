package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.GenerationOptions;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// How often tokens are drawn against how likely they are: Pearson's chi-square with fixed seeds.
class DistributionTest {
  private static final int DRAWS = 100_000;
  private static final float[] LOGITS = {
    1.5f, -0.5f, 0, 2, 2, 0.3f, -1, 1, Float.NEGATIVE_INFINITY, 0.8f, -2, 1.2f
  };

  static Stream<GenerationOptions.Builder> samplers() {
    return Stream.of(
        GenerationOptions.builder().temperature(1).topK(0),
        GenerationOptions.builder().temperature(0.5).topK(0),
        GenerationOptions.builder().temperature(2).topK(0),
        GenerationOptions.builder().topK(5),
        GenerationOptions.builder().topK(1),
        GenerationOptions.builder().topK(0).topP(0.8),
        GenerationOptions.builder().topK(0).minP(0.3),
        GenerationOptions.builder().topK(0).typicalP(0.7),
        GenerationOptions.builder().topK(0).epsilonCutoff(0.05),
        GenerationOptions.builder().topK(0).etaCutoff(0.2),
        GenerationOptions.builder().temperature(1.3).topK(8).topP(0.9).minP(0.1));
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void drawsAsOftenAsLikely(GenerationOptions.Builder builder) {
    GenerationOptions options = builder.seed(20_260_801).build();
    Map<Integer, Double> expected = PlainFilters.probabilities(LOGITS, options);
    TokenSampler sampler = new TokenSampler(options, LOGITS.length, new int[0], new int[0]);
    int[] counts = new int[LOGITS.length];
    for (int i = 0; i < DRAWS; i++) {
      counts[sampler.next(MemorySegment.ofArray(LOGITS.clone()))]++;
    }
    double chiSquare = 0;
    for (int id = 0; id < counts.length; id++) {
      double mean = DRAWS * expected.getOrDefault(id, 0.0);
      if (mean == 0) {
        assertThat(counts[id]).as("token %d", id).isZero();
      } else {
        chiSquare += (counts[id] - mean) * (counts[id] - mean) / mean;
      }
    }
    assertThat(chiSquare).isLessThan(bound(expected.size() - 1));
  }

  /// The 99.9 % quantile of chi-square, by Wilson and Hilferty's approximation.
  private static double bound(int degrees) {
    if (degrees == 0) {
      return 1e-9;
    }
    double v = 2.0 / (9 * degrees);
    return degrees * Math.pow(1 - v + 3.0902 * Math.sqrt(v), 3);
  }
}
