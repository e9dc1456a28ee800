package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.GenerationOptions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// How often tokens are drawn against how likely they are by [PlainFilters]: Pearson's chi-square
/// with fixed seeds.
class DistributionTest {
  private interface Setting extends UnaryOperator<GenerationOptions.Builder> {}

  private static final int DRAWS = 30_000;

  /// With ties, dense enough that a cut in a wrong place shows.
  private static final float[] FEW = random(40, 0.125f);

  /// Enough tokens for the search for the largest to leave most of them out.
  private static final float[] MANY = random(640, 0.01f);

  private static final List<Setting> TEMPERATURES =
      List.of(o -> o.temperature(1), o -> o.temperature(0.6), o -> o.temperature(1.8));
  private static final List<Setting> FILTERS =
      List.of(
          o -> o.topK(5),
          o -> o.topP(0.8),
          o -> o.minP(0.2),
          o -> o.typicalP(0.7),
          o -> o.epsilonCutoff(0.02),
          o -> o.etaCutoff(0.1),
          o -> o.topH(0.6));

  private static float[] random(int size, float grid) {
    Random random = new Random(20_260_801);
    float[] logits = new float[size];
    for (int id = 0; id < size; id++) {
      logits[id] = grid * Math.round(1.5 * random.nextGaussian() / grid);
    }
    logits[size / 2] = Float.NEGATIVE_INFINITY;
    return logits;
  }

  /// Every filter by itself and every two together, at every temperature, and some as they are
  /// used.
  static Stream<GenerationOptions> samplers() {
    List<Setting> settings = new ArrayList<>(List.of(o -> o));
    for (Setting one : FILTERS) {
      settings.add(one);
      for (Setting other : FILTERS.subList(FILTERS.indexOf(one) + 1, FILTERS.size())) {
        settings.add(o -> other.apply(one.apply(o)));
      }
    }
    settings.add(o -> o.topK(1));
    settings.add(o -> o.topP(0));
    settings.add(o -> o.topK(9).topP(0.95));
    settings.add(o -> o.topK(10).topP(0.9).minP(0.05).typicalP(0.9));
    return settings.stream()
        .flatMap(setting -> TEMPERATURES.stream().map(t -> options(t, setting)));
  }

  private static GenerationOptions options(Setting... settings) {
    GenerationOptions.Builder options = GenerationOptions.builder().topK(0).seed(20_260_801);
    for (Setting setting : settings) {
      options = setting.apply(options);
    }
    return options.build();
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void drawsAsOftenAsLikely(GenerationOptions options) {
    ChiSquare chiSquare = new ChiSquare(PlainFilters.probabilities(FEW, options));
    assertThat(chiSquare.fits(draws(FEW, options, DRAWS))).isTrue();
  }

  static Stream<GenerationOptions> samplersOfFew() {
    return samplers().filter(options -> options.topK() > 0);
  }

  @ParameterizedTest
  @MethodSource("samplersOfFew")
  void drawsAsOftenAsLikelyFromTheLargestOfMany(GenerationOptions options) {
    ChiSquare chiSquare = new ChiSquare(PlainFilters.probabilities(MANY, options));
    assertThat(chiSquare.fits(draws(MANY, options, DRAWS))).isTrue();
  }

  static Stream<Arguments> wrongSamplers() {
    return Stream.of(
        wrong(o -> o, o -> o.temperature(1.07)),
        wrong(o -> o.topK(5), o -> o.topK(6)),
        wrong(o -> o.topK(6), o -> o.topK(5)),
        wrong(o -> o.topP(0.8), o -> o.topP(0.77)),
        wrong(o -> o.topP(0.77), o -> o.topP(0.8)),
        wrong(o -> o.minP(0.2), o -> o.minP(0.24)),
        wrong(o -> o.typicalP(0.7), o -> o.topP(0.7)),
        wrong(o -> o.epsilonCutoff(0.02), o -> o.epsilonCutoff(0.025)),
        wrong(o -> o.etaCutoff(0.1), o -> o.epsilonCutoff(0.1)),
        wrong(o -> o.topH(0.6), o -> o.topP(0.6)),
        wrong(o -> o.topK(5).topP(0.8), o -> o.topP(0.8)));
  }

  private static Arguments wrong(Setting claimed, Setting drawn) {
    Setting sampling = o -> o.temperature(1);
    return Arguments.of(options(sampling, claimed), options(sampling, drawn));
  }

  @ParameterizedTest
  @MethodSource("wrongSamplers")
  void wouldNoticeASamplerThatIsSlightlyWrong(GenerationOptions claimed, GenerationOptions drawn) {
    ChiSquare chiSquare = new ChiSquare(PlainFilters.probabilities(FEW, claimed));
    assertThat(chiSquare.fits(draws(FEW, drawn, DRAWS))).isFalse();
  }

  @Test
  void drawsDoNotDependOnTheOneBefore() {
    GenerationOptions options = options(o -> o.temperature(1));
    int[] draws = draws(FEW, options, 2 * DRAWS);
    double[] single = PlainFilters.probabilities(FEW, options);
    double[] pairs = new double[single.length * single.length];
    Arrays.setAll(pairs, pair -> single[pair / single.length] * single[pair % single.length]);
    int[] drawn =
        IntStream.range(0, DRAWS)
            .map(i -> draws[2 * i] * single.length + draws[2 * i + 1])
            .toArray();
    assertThat(new ChiSquare(pairs).fits(drawn)).isTrue();
  }

  /// Several samples of one prompt have consecutive seeds.
  @Test
  void consecutiveSeedsDrawIndependently() {
    GenerationOptions options = options(o -> o.temperature(1));
    int[] first =
        IntStream.range(0, DRAWS)
            .map(seed -> draws(FEW, options.toBuilder().seed(seed).build(), 1)[0])
            .toArray();
    assertThat(new ChiSquare(PlainFilters.probabilities(FEW, options)).fits(first)).isTrue();
    assertThat(new HashSet<>(List.of(first[0], first[1], first[2], first[3], first[4])))
        .hasSizeGreaterThan(1);
  }

  private static int[] draws(float[] logits, GenerationOptions options, int count) {
    TokenSampler sampler = new TokenSampler(options, logits.length, new int[0], new int[0]);
    MemorySegment row = MemorySegment.ofArray(logits.clone());
    return IntStream.range(0, count).map(i -> sampler.next(row)).toArray();
  }
}
