package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.GenerationOptions;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The selection without sorting against [PlainFilters], and the search by columns against reading
/// every logit, on random logits with ties and bans.
class RandomLogitsTest {
  @RepeatedTest(300)
  void filtersKeepWhatPlainOnesKeep(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    float[] logits = logits(random, 1 + random.nextInt(3000));
    GenerationOptions options = options(random);
    Candidates candidates = new Candidates(logits.length);
    int enough = TokenSampler.gathered(options, logits.length);
    candidates.gather(row(logits), (float) options.temperature(), enough);
    CandidateFilters.of(options, 1).forEach(filter -> filter.apply(candidates));

    double[] expected = PlainFilters.probabilities(logits, options);
    assertThat(IntStream.of(candidates.ids).limit(candidates.size))
        .as(options.toString())
        .containsExactlyElementsOf(
            IntStream.range(0, expected.length).filter(id -> expected[id] > 0).boxed().toList());
    for (int i = 0; i < candidates.size; i++) {
      assertThat(Math.exp(candidates.logProbability(i)))
          .isCloseTo(expected[candidates.ids[i]], within(1e-12));
    }
  }

  @RepeatedTest(50)
  void argmaxIsTheFirstLargest(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    float[] logits = logits(random, 1 + random.nextInt(10_000));
    int expected =
        IntStream.range(0, logits.length)
            .reduce((a, b) -> logits[b] > logits[a] ? b : a)
            .orElseThrow();
    assertThat(row(logits).argmax()).isEqualTo(expected);
  }

  /// The table's last line begins early enough to be full, so it holds logits of the line before.
  @ParameterizedTest
  @ValueSource(ints = {65, 1025, 1334, 2047, 100_277})
  void asManyAreFoundAsAreWanted(int size) {
    float[] logits = new float[size];
    for (int id = 0; id < size; id++) {
      logits[id] = id % 32 == 0 ? id : -id;
    }
    for (int k = 1; k <= 30; k++) {
      Candidates candidates = new Candidates(size);
      candidates.gather(row(logits), 1, k);
      new TopK(k).apply(candidates);
      assertThat(candidates.size).isEqualTo(k);
    }
  }

  private static WholeRow row(float... logits) {
    WholeRow row = new WholeRow(logits.length);
    row.wrap(MemorySegment.ofArray(logits));
    return row;
  }

  private static float[] logits(Random random, int size) {
    float scale = (float) Math.pow(10, random.nextInt(4) - 2);
    boolean ties = random.nextBoolean();
    double banned = random.nextInt(3) * 0.4;
    float[] logits = new float[size];
    for (int id = 0; id < size; id++) {
      float logit = scale * (float) random.nextGaussian();
      logits[id] = ties ? Math.round(2 * logit) / 2f : logit;
      if (random.nextDouble() < banned && id > 0) {
        logits[id] = Float.NEGATIVE_INFINITY;
      }
    }
    return logits;
  }

  private static GenerationOptions options(Random random) {
    GenerationOptions.Builder options =
        GenerationOptions.builder().temperature(0.2 + 2 * random.nextDouble()).topK(0);
    if (random.nextBoolean()) {
      options.topK(1 + random.nextInt(100));
    }
    if (random.nextBoolean()) {
      options.topP(random.nextDouble());
    }
    if (random.nextInt(3) == 0) {
      options.minP(random.nextDouble() / 2);
    }
    if (random.nextInt(4) == 0) {
      options.topH(random.nextDouble());
    }
    if (random.nextInt(3) == 0) {
      options.typicalP(0.01 + 0.98 * random.nextDouble());
    }
    if (random.nextInt(3) == 0) {
      options.epsilonCutoff(random.nextDouble() / 10);
    }
    if (random.nextInt(3) == 0) {
      options.etaCutoff(random.nextDouble() / 10);
    }
    return options.build();
  }
}
