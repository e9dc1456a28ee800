package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.TokenLogprobs;
import dev.dbrx4j.TokenLogprobs.TokenLogprob;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class LogprobsTest {
  @Test
  void agreesWithTheReferencesLogSoftmax() {
    Golden.records("single.jsonl").stream()
        .filter(r -> r.get("proc").asString().equals("log_softmax") && !r.has("nan"))
        .filter(r -> !r.get("vec").asString().equals("naninf64"))
        .forEach(LogprobsTest::check);
  }

  private static void check(JsonNode r) {
    float[] logits = Golden.vector(r.get("vec").asString());
    WholeRow row = new WholeRow(logits.length);
    row.wrap(MemorySegment.ofArray(logits));
    row.normalise();
    String what = r.get("id").asString();
    if (r.at("/vals/every").isMissingNode()) {
      boolean[] kept = Golden.mask(r.get("kept").asString(), logits.length);
      float[] recorded = Golden.floats(r.at("/vals/all").asString());
      for (int id = 0, next = 0; id < kept.length; id++) {
        assertNear(logits[id], kept[id] ? recorded[next++] : Float.NEGATIVE_INFINITY, what);
      }
    } else {
      float[] recorded = Golden.floats(r.at("/vals/f32").asString());
      for (int i = 0; i < recorded.length; i++) {
        assertNear(logits[i * r.at("/vals/every").asInt()], recorded[i], what);
      }
    }
  }

  private static void assertNear(float actual, float expected, String what) {
    if (Float.isInfinite(expected)) {
      assertThat(actual).as(what).isEqualTo(expected);
    } else {
      assertThat(actual).as(what).isCloseTo(expected, within(4 * Math.ulp(expected)));
    }
  }

  @Test
  void namesRankAndLikeliest() {
    MemorySegment row = MemorySegment.ofArray(new float[] {0, 2, 1, 2});
    double total = Math.log(1 + 2 * Math.exp(2) + Math.exp(1));
    TokenLogprobs logprobs = new Logprobs(4, 3).of(row, 2);
    assertThat(logprobs.rank()).isEqualTo(3);
    assertThat(logprobs.logprob()).isCloseTo(1 - total, within(1e-12));
    assertThat(logprobs.top()).extracting(TokenLogprob::token).containsExactly(1, 3, 2);
    assertThat(logprobs.top().getFirst().logprob()).isCloseTo(2 - total, within(1e-12));
  }

  @Test
  void reportsTheModelsOwnProbabilities() {
    GenerationOptions options =
        GenerationOptions.builder().suppressTokens(1).temperature(0).logprobs(1).build();
    TokenSampler sampler = new TokenSampler(options, 3, new int[0], new int[0]);
    assertThat(sampler.next(MemorySegment.ofArray(new float[] {0, 5, -1}))).isZero();
    TokenLogprobs logprobs = sampler.logprobs().orElseThrow();
    assertThat(logprobs.token()).isZero();
    assertThat(logprobs.rank()).isEqualTo(2);
    assertThat(logprobs.logprob())
        .isCloseTo(-Math.log(1 + Math.exp(5) + Math.exp(-1)), within(1e-12));
    assertThat(logprobs.top()).extracting(TokenLogprob::token).containsExactly(1);
  }
}
