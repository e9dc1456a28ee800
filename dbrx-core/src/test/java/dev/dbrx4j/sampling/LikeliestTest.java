package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.InvalidRequestException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Picking from the likeliest tokens against picking from whole rows.
class LikeliestTest {
  private static final int[] PROMPT = {3, 1, 4, 1, 5, 9, 2, 6};
  private static final int[] EOS = {7};

  @RepeatedTest(400)
  void tokensAreThoseOfWholeRows(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int size = 10 + random.nextInt(2000);
    GenerationOptions options = options(random, size);
    TokenSampler known = new TokenSampler(options, size, EOS, PROMPT);
    TokenSampler whole = new TokenSampler(options, size, EOS, PROMPT);
    float scale = (float) Math.pow(10, random.nextDouble() * 2 - 1);
    for (int step = 0; step < 40; step++) {
      float[] row = row(random, size, scale);
      LikeliestLogits logits = new LikeliestLogits(row, 1 + random.nextInt(80), random);
      assertThat(outcome(() -> known.next(logits, 0)))
          .as("%s, step %d", options, step)
          .isEqualTo(outcome(() -> whole.next(MemorySegment.ofArray(row.clone()))));
    }
  }

  /// The token, or -1 if all are forbidden.
  private static int outcome(IntSupplier pick) {
    try {
      return pick.getAsInt();
    } catch (InvalidRequestException e) {
      return -1;
    }
  }

  private static float[] row(Random random, int size, float scale) {
    boolean ties = random.nextInt(3) == 0;
    double banned = random.nextInt(3) * 0.3;
    float[] row = new float[size];
    for (int id = 0; id < size; id++) {
      float logit = scale * (float) random.nextGaussian();
      row[id] = ties ? Math.round(2 * logit) / 2f : logit;
      if (id > 0 && random.nextDouble() < banned) {
        row[id] = Float.NEGATIVE_INFINITY;
      }
    }
    return row;
  }

  private static GenerationOptions options(Random random, int size) {
    GenerationOptions.Builder options =
        GenerationOptions.builder().seed(random.nextInt()).topK(0).temperature(0);
    if (random.nextInt(4) > 0) {
      options.temperature(random.nextInt(3) == 0 ? 1 : 0.2 + 2 * random.nextDouble());
    }
    switch (random.nextInt(5)) {
      case 0 -> options.topK(1 + random.nextInt(60));
      case 1 -> options.topP(random.nextDouble());
      case 2 -> options.minP(random.nextDouble() / 3);
      case 3 -> options.topK(1 + random.nextInt(60)).topP(random.nextDouble()).typicalP(0.8);
      default -> options.topP(random.nextDouble()).minP(0.05).epsilonCutoff(0.01);
    }
    if (random.nextInt(2) == 0) {
      options.repetitionPenalty(0.8 + random.nextDouble());
    }
    if (random.nextInt(3) == 0) {
      options.frequencyPenalty(random.nextDouble() - 0.3).presencePenalty(random.nextDouble());
    }
    if (random.nextInt(4) == 0) {
      options.logitBias(Map.of(random.nextInt(size), 4 * random.nextDouble() - 2));
    }
    if (random.nextInt(6) == 0) {
      options.suppressTokens(random.nextInt(size)).noRepeatNgramSize(2);
    }
    if (random.nextInt(8) == 0) {
      options.minNewTokens(20).badWordsIds(List.of(List.of(random.nextInt(size))));
    }
    if (random.nextInt(8) == 0) {
      options.exponentialDecayLengthPenalty(5, 1.1);
    }
    if (random.nextInt(8) == 0) {
      options.topH(0.4);
    }
    if (random.nextInt(8) == 0) {
      options.logprobs(2);
    }
    if (random.nextInt(10) == 0) {
      options.allowedTokenIds(random.nextInt(size), random.nextInt(size));
    }
    return options.build();
  }

  static Stream<GenerationOptions> options() {
    GenerationOptions.Builder greedy = GenerationOptions.builder().temperature(0);
    GenerationOptions.Builder drawn = GenerationOptions.builder().temperature(0.7).seed(1).topK(0);
    return Stream.of(
        greedy.build(),
        greedy.repetitionPenalty(1.1).frequencyPenalty(0.1).suppressTokens(1, 2).build(),
        drawn.topK(50).build(),
        drawn.topP(0.95).build(),
        drawn.topK(0).build(),
        drawn.temperature(1).build(),
        drawn.topP(1).minP(0.05).build());
  }

  /// Logits as sharp as a language model's: one token of a hundred thousand has most of the weight.
  @ParameterizedTest
  @MethodSource("options")
  void rowIsNotAskedForWhereTheLikeliestDo(GenerationOptions options) {
    int size = 100_000;
    Random random = new Random(2);
    TokenSampler sampler = new TokenSampler(options, size, EOS, PROMPT);
    int fetched = 0;
    for (int step = 0; step < 20; step++) {
      float[] row = new float[size];
      for (int id = 0; id < size; id++) {
        row[id] = (float) random.nextGaussian();
      }
      for (int i = 0; i < 20; i++) {
        row[random.nextInt(size)] = 20 - 0.7f * i;
      }
      LikeliestLogits logits = new LikeliestLogits(row, 64, random);
      sampler.next(logits, 0);
      fetched += logits.fetched();
    }
    assertThat(fetched).isLessThan(2);
  }

  @Test
  void rowIsAskedForWhereTheyDoNot() {
    GenerationOptions.Builder drawn = GenerationOptions.builder().temperature(1).topK(0);
    assertThat(fetches(drawn.build())).as("any token may be drawn").isOne();
    assertThat(fetches(drawn.topP(0.99).build())).as("wide nucleus").isOne();
    assertThat(fetches(drawn.topK(65).build())).as("more than are known").isOne();
    assertThat(fetches(drawn.topK(50).logprobs(0).build())).as("exact sum").isOne();
    assertThat(fetches(drawn.logitsProcessors((_, _) -> {}).build())).as("a caller's").isOne();
    GenerationOptions.Builder greedy = GenerationOptions.builder().temperature(0);
    assertThat(fetches(greedy.logitBias(Map.of(999, 1.0)).build())).as("favoured").isOne();
    assertThat(fetches(greedy.logitBias(Map.of(999, -1.0)).build())).as("disfavoured").isZero();
  }

  private static int fetches(GenerationOptions options) {
    float[] row = new float[1000];
    for (int id = 0; id < row.length; id++) {
      row[id] = -id / 100f;
    }
    LikeliestLogits logits = new LikeliestLogits(row, 64, new Random(1));
    new TokenSampler(options, row.length, EOS, PROMPT).next(logits, 0);
    return logits.fetched();
  }

  @Test
  void damagedRowIsLookedAtAndNamed() {
    float[] row = new float[200];
    row[5] = 1;
    row[150] = Float.NaN;
    LikeliestLogits logits = new LikeliestLogits(row, 10, new Random(1));
    TokenSampler sampler = new TokenSampler(GenerationOptions.defaults(), 200, EOS, PROMPT);
    assertThatThrownBy(() -> sampler.next(logits, 0))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("token 150 is NaN");
  }
}
