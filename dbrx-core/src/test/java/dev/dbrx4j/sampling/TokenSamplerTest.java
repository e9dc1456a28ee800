package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.InvalidRequestException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class TokenSamplerTest {
  private static final float FORBIDDEN = Float.NEGATIVE_INFINITY;

  @Test
  void greedyTakesTheFirstOfTheLargest() {
    assertThat(next(GenerationOptions.defaults(), FORBIDDEN, -3, 2, 1, 2)).isEqualTo(2);
    assertThat(next(GenerationOptions.defaults(), FORBIDDEN, -3)).isEqualTo(1);
  }

  @Test
  void remembersWhatItPicked() {
    GenerationOptions options = GenerationOptions.builder().repetitionPenalty(2).build();
    TokenSampler sampler = new TokenSampler(options, 3, new int[0], new int[] {1});
    assertThat(sampler.next(row(3, 4, 1))).isEqualTo(0);
    assertThat(sampler.next(row(3, 4, 1))).isEqualTo(1);
  }

  @Test
  void sameSeedSameTokens() {
    GenerationOptions options = GenerationOptions.builder().temperature(1).topK(0).seed(7).build();
    TokenSampler one = new TokenSampler(options, 8, new int[0], new int[0]);
    TokenSampler other = new TokenSampler(options, 8, new int[0], new int[0]);
    for (int i = 0; i < 100; i++) {
      assertThat(one.next(row(new float[8]))).isEqualTo(other.next(row(new float[8])));
    }
  }

  @Test
  void topPOfZeroLeavesTheLikeliest() {
    assertThat(next(GenerationOptions.builder().topP(0).build(), 1, 5, 2)).isEqualTo(1);
  }

  @Test
  void saysWhatIsWrongWithLogits() {
    GenerationOptions sampling = GenerationOptions.builder().temperature(1).build();
    for (GenerationOptions options :
        new GenerationOptions[] {GenerationOptions.defaults(), sampling}) {
      assertThatExceptionOfType(InvalidModelException.class)
          .isThrownBy(() -> next(options, 1, Float.NaN, 3))
          .withMessageContaining("logit of token 1 is NaN");
      assertThatExceptionOfType(InvalidRequestException.class)
          .isThrownBy(() -> next(options, FORBIDDEN, FORBIDDEN))
          .withMessageContaining("no token is left");
    }
  }

  private static int next(GenerationOptions options, float... logits) {
    return new TokenSampler(options, logits.length, new int[0], new int[0]).next(row(logits));
  }

  private static MemorySegment row(float... logits) {
    return MemorySegment.ofArray(logits);
  }
}
