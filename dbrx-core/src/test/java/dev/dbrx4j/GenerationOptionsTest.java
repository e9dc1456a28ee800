package dev.dbrx4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class GenerationOptionsTest {
  @Test
  void greedyUnlessAskedToSample() {
    assertThat(GenerationOptions.defaults().temperature()).isZero();
    assertThat(GenerationOptions.builder().seed(1).build().temperature()).isZero();
    assertThat(GenerationOptions.builder().topP(0.9).build().temperature()).isEqualTo(1);
    assertThat(GenerationOptions.builder().topP(0.9).temperature(0).build().temperature()).isZero();
  }

  @Test
  void callsOptionsGoOverDefaults() {
    GenerationOptions defaults = GenerationOptions.builder().temperature(0.7).topK(5).build();
    GenerationOptions call = GenerationOptions.builder().topK(9).stop("\n").build();
    assertThat(call.withDefaults(defaults))
        .isEqualTo(defaults.toBuilder().topK(9).stop("\n").build())
        .returns(0.7, GenerationOptions::temperature)
        .returns(9, GenerationOptions::topK)
        .returns(List.of("\n"), GenerationOptions::stop);
  }

  @Test
  void refusesValuesOutOfRange() {
    GenerationOptions.Builder builder = GenerationOptions.builder();
    refuses(
        () -> builder.temperature(-1), "option temperature is -1.0, allowed: 0 (greedy) or more");
    refuses(() -> builder.temperature(Double.NaN), "temperature is NaN");
    refuses(() -> builder.temperature(Double.POSITIVE_INFINITY), "temperature is Infinity");
    refuses(() -> builder.topP(1.1), "option topP is 1.1, allowed: 0 to 1");
    refuses(() -> builder.minP(-0.1), "option minP is -0.1, allowed: 0 to 1");
    refuses(() -> builder.topK(-1), "option topK is -1, allowed: 0 or more");
    refuses(() -> builder.repetitionPenalty(0), "repetitionPenalty is 0.0, allowed: more than 0");
    refuses(() -> builder.maxNewTokens(0), "option maxNewTokens is 0, allowed: 1 or more");
    refuses(() -> builder.stop("a", ""), "option stop is [a, ]");
    refuses(() -> builder.stopTokenIds(3, -1), "option stopTokenIds is [3, -1]");
  }

  private static void refuses(Runnable call, String message) {
    assertThatExceptionOfType(InvalidRequestException.class)
        .isThrownBy(call::run)
        .withMessageContaining(message);
  }
}
