package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.InvalidModelException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Several options together, step by step, against the reference's `generate()`.
class GoldenCombosTest {
  private static final List<JsonNode> RECORDS = Golden.records("combos.jsonl");

  @Test
  void keepsTheSameTokensWithTheSameScores() {
    combos().filter(r -> !r.has("sampler_raises")).forEach(GoldenCombosTest::checkCombo);
  }

  @Test
  void aTemperatureThatOverflowsIsAClearError() {
    combos()
        .filter(r -> r.has("sampler_raises"))
        .forEach(r ->
            assertThatExceptionOfType(InvalidModelException.class)
                .isThrownBy(() -> checkCombo(r))
                .withMessageContaining("Infinity"));
  }

  @Test
  void beamsKeepOneTokenMoreThanThereAreEnds() {
    RECORDS.stream()
        .filter(r -> r.has("effective_top_k"))
        .forEach(r -> {
          int ends = r.get("eos").isNull() ? 0 : Golden.ints(r.get("eos")).length;
          GenerationOptions options =
              GenerationOptions.builder().numBeams(r.get("num_beams").asInt()).build();
          assertThat(CandidateFilters.atLeast(options, ends))
              .isEqualTo(r.at("/min_tokens_to_keep/TopPLogitsWarper").asInt());
        });
  }

  private static Stream<JsonNode> combos() {
    return RECORDS.stream().filter(r -> r.has("steps"));
  }

  private static void checkCombo(JsonNode r) {
    JsonNode generate = r.get("generate");
    GenerationOptions options =
        HuggingFaceOptions.read(generate).toBuilder()
            .maxNewTokens(r.get("max_new_tokens").asInt())
            .build();
    int[] eosIds =
        generate.has("eos_token_id") ? Golden.ints(generate.get("eos_token_id")) : new int[0];
    // generate() takes the whole history as the prompt
    TokenHistory recorded = Golden.history(r.get("hist").asString());
    int[] prompt = new int[recorded.size()];
    Arrays.setAll(prompt, recorded::get);
    for (JsonNode step : r.get("steps")) {
      TokenHistory history = new TokenHistory(prompt);
      for (int id : Golden.ints(step.get("new"))) {
        history.add(id);
      }
      checkStep(r, step, options, eosIds, history);
    }
  }

  private static void checkStep(
      JsonNode r, JsonNode step, GenerationOptions options, int[] eosIds, TokenHistory history) {
    float[] input = Golden.vector(r.get("vec").asString());
    float[] logits = input.clone();
    WholeRow row = new WholeRow(logits.length);
    row.wrap(MemorySegment.ofArray(logits));
    for (LogitsStep change : LogitsSteps.of(options, history.promptSize(), eosIds, null)) {
      change.apply(history, row);
    }
    boolean normalised = r.at("/generate/renormalize_logits").asBoolean(false);
    float[] output = options.temperature() > 0 ? filtered(row, options, normalised) : logits;
    String what = r.get("id").asString() + step.get("new");
    if (normalised) {
      assertNear(output, step, what);
    } else {
      GoldenOutcome.assertMatches(input, output, step, what);
    }
  }

  private static float[] filtered(WholeRow row, GenerationOptions options, boolean normalised) {
    Candidates candidates = new Candidates(row.size());
    candidates.gather(row, (float) options.temperature(), row.size());
    CandidateFilters.of(options, 1).forEach(filter -> filter.apply(candidates));
    float[] output = new float[row.size()];
    Arrays.fill(output, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < candidates.size; i++) {
      output[candidates.ids[i]] =
          (float) (normalised ? candidates.logProbability(i) : candidates.logits[i]);
    }
    return output;
  }

  /// Log-probabilities: the reference sums in float.
  private static void assertNear(float[] output, JsonNode step, String what) {
    boolean[] kept = Golden.mask(step.get("kept").asString(), output.length);
    float[] recorded = Golden.floats(step.at("/vals/all").asString());
    int next = 0;
    for (int id = 0; id < kept.length; id++) {
      if (kept[id]) {
        assertThat(output[id]).as(what).isCloseTo(recorded[next++], within(2e-6f));
      } else {
        assertThat(output[id]).as(what).isEqualTo(Float.NEGATIVE_INFINITY);
      }
    }
  }
}
