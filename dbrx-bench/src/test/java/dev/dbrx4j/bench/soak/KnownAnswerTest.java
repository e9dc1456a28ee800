package dev.dbrx4j.bench.soak;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Timings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KnownAnswerTest {
  private static final KnownAnswer ANSWER =
      new KnownAnswer(
          new int[] {1}, GenerationOptions.defaults(), new int[] {5, 6, 7}, FinishReason.LENGTH);

  @Test
  void acceptsTheAnswerAndTheBeginningOfOneCutShort() {
    ANSWER.check(result(FinishReason.LENGTH, 5, 6, 7));
    ANSWER.check(result(FinishReason.CANCELLED, 5, 6));
    ANSWER.check(result(FinishReason.DEADLINE));
    ANSWER.checkBeginning(new int[] {5});
  }

  @Test
  void noticesWrongLostAndDoubledTokens() {
    assertWrong(result(FinishReason.LENGTH, 5, 9, 7), "token 1 of the answer");
    assertWrong(result(FinishReason.LENGTH, 5, 6), "an answer of 3 tokens ends after 2");
    assertWrong(result(FinishReason.LENGTH, 5, 6, 6, 7), "token 2 of the answer");
    assertWrong(result(FinishReason.LENGTH, 5, 6, 7, 7), "token 3 of the answer");
    assertWrong(result(FinishReason.CANCELLED, 6), "token 0 of the answer");
    assertWrong(result(FinishReason.EOS, 5, 6, 7), "with EOS instead of LENGTH");
  }

  private static void assertWrong(GenerationResult result, String message) {
    assertThatThrownBy(() -> ANSWER.check(result))
        .isInstanceOf(WrongAnswerException.class)
        .hasMessageContaining(message);
  }

  private static GenerationResult result(FinishReason reason, int... ids) {
    Timings timings = new Timings(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);
    return new GenerationResult("", ids, 1, 0, reason, timings);
  }
}
