package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dbrx4j.InvalidRequestException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Every filter and every step by itself, on the reference's own outputs.
class GoldenSingleTest {
  private static final List<JsonNode> RECORDS =
      Golden.records("single.jsonl").stream().filter(r -> !isArgumentCheck(r)).toList();

  @ParameterizedTest
  @ValueSource(
      strings = {"top_k", "top_p", "min_p", "typical_p", "epsilon_cutoff", "eta_cutoff", "top_h"})
  void filterKeepsTheSameTokens(String name) {
    records(name)
        .filter(r -> !isAllRounding(r))
        .forEach(r -> checkFilter(r, filter(name, r.get("p"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "repetition_penalty",
        "no_repeat_ngram",
        "bad_words",
        "sequence_bias",
        "suppress",
        "begin_suppress",
        "min_length",
        "min_new_tokens",
        "forced_bos",
        "forced_eos"
      })
  void stepGivesTheSameScores(String name) {
    records(name)
        .filter(r -> !r.get("p").has("prompt_ignore_length")) // no option of generate()
        .forEach(r -> check(r, applied(r, history -> step(name, r.get("p"), history))));
  }

  @Test
  void lengthDecayGivesTheSameScoresAndNoNan() {
    records("exp_decay")
        .filter(r -> !r.has("nan"))
        .forEach(r -> check(r, applied(r, history -> step("exp_decay", r.get("p"), history))));
    JsonNode forbiddenEos =
        records("exp_decay").filter(r -> r.has("nan")).findFirst().orElseThrow();
    assertThat(applied(forbiddenEos, history -> step("exp_decay", forbiddenEos.get("p"), history)))
        .isEqualTo(Golden.vector(forbiddenEos.get("vec").asString()));
  }

  @Test
  void invalidValuesAreReplacedButBansStay() {
    records("inf_nan_remove")
        .forEach(r -> {
          float[] output = applied(r, history -> new RemoveInvalid());
          float[] input = Golden.vector(r.get("vec").asString());
          for (int i = 0; i < input.length; i++) {
            output[i] = input[i] == Float.NEGATIVE_INFINITY ? -Float.MAX_VALUE : output[i];
          }
          check(r, output);
        });
  }

  @Test
  void temperatureDividesInFloat() {
    records("temperature")
        .filter(r -> !r.get("vec").asString().matches("naninf64|bigmag64"))
        .forEach(r -> {
          float temperature = r.at("/p/temperature").floatValue();
          float[] input = Golden.vector(r.get("vec").asString());
          float[] output = spread(gathered(input, temperature), input.length);
          if (r.get("vals").has("every")) {
            checkSome(r, output);
          } else {
            check(r, output);
          }
        });
  }

  @Test
  void bigVectorIsTheRecorded() throws Exception {
    float[] vector = Golden.vector("big100352");
    ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.array());
    assertThat(HexFormat.of().formatHex(hash)).isEqualTo(Golden.recordedHash("big100352"));
  }

  private static Stream<JsonNode> records(String name) {
    List<JsonNode> records =
        RECORDS.stream().filter(r -> r.get("proc").asString().equals(name)).toList();
    assertThat(records).isNotEmpty();
    return records.stream();
  }

  /// Keeping all entropy leaves to the rounding of sums which of the last tokens go.
  private static boolean isAllRounding(JsonNode r) {
    return r.at("/p/top_h").asDouble(0) == 1 && r.path("fragile").asBoolean(false);
  }

  private static boolean isArgumentCheck(JsonNode r) {
    return r.get("id").asString().startsWith("i");
  }

  private static CandidateFilter filter(String name, JsonNode p) {
    int atLeast = p.path("min_tokens_to_keep").asInt(1);
    return switch (name) {
      case "top_k" -> new TopK(Math.max(p.get("top_k").asInt(), atLeast));
      case "top_p" -> new TopP(p.get("top_p").asDouble(), atLeast);
      case "min_p" -> new MinP(p.get("min_p").asDouble(), atLeast);
      case "typical_p" -> new TypicalP(p.get("mass").asDouble(), atLeast);
      case "epsilon_cutoff" -> new EpsilonCutoff(p.get("epsilon").asDouble(), atLeast);
      case "eta_cutoff" -> new EtaCutoff(p.get("epsilon").asDouble(), atLeast);
      case "top_h" -> new TopH(p.get("top_h").asDouble());
      default -> throw new AssertionError(name);
    };
  }

  private static LogitsStep step(String name, JsonNode p, TokenHistory history) {
    return switch (name) {
      case "repetition_penalty" -> new RepetitionPenalty(p.get("penalty").floatValue());
      case "no_repeat_ngram" -> new NoRepeatNgram(p.get("n").asInt());
      case "bad_words" ->
          SequenceBias.ban(
              Golden.sequences(p.get("ids")),
              p.has("eos") ? Golden.ints(p.get("eos")) : new int[0]);
      case "sequence_bias" -> new SequenceBias(Golden.biases(p.get("bias")));
      case "suppress" -> new Forbid(0, Integer.MAX_VALUE, Golden.ints(p.get("ids")));
      case "begin_suppress" -> {
        int begin = p.get("begin_index").asInt();
        yield new Forbid(begin, begin + 1, Golden.ints(p.get("ids")));
      }
      case "min_length" -> new Forbid(0, p.get("min_length").asInt(), Golden.ints(p.get("eos")));
      case "min_new_tokens" ->
          new Forbid(
              0, history.promptSize() + p.get("min_new_tokens").asInt(), Golden.ints(p.get("eos")));
      case "forced_bos" -> new Force(1, p.get("bos").asInt());
      case "forced_eos" -> new Force(p.get("max_length").asInt() - 1, Golden.ints(p.get("eos")));
      case "exp_decay" ->
          new LengthDecay(
              history.promptSize() + p.get("start").asInt(),
              p.get("factor").asDouble(),
              Golden.ints(p.get("eos")));
      default -> throw new AssertionError(name);
    };
  }

  private static void checkFilter(JsonNode r, CandidateFilter filter) {
    float[] input = Golden.vector(r.get("vec").asString());
    if (r.path("n").asInt(0) == 0) {
      assertThatExceptionOfType(InvalidRequestException.class)
          .as(r.get("id").asString())
          .isThrownBy(() -> gathered(input, 1));
      return;
    }
    Candidates candidates = gathered(input, 1);
    filter.apply(candidates);
    check(r, spread(candidates, input.length));
  }

  private static Candidates gathered(float[] logits, float temperature) {
    WholeRow row = new WholeRow(logits.length);
    row.wrap(MemorySegment.ofArray(logits));
    Candidates candidates = new Candidates(logits.length);
    candidates.gather(row, temperature, logits.length);
    return candidates;
  }

  private static float[] spread(Candidates candidates, int size) {
    float[] logits = new float[size];
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < candidates.size; i++) {
      logits[candidates.ids[i]] = (float) candidates.logits[i];
    }
    return logits;
  }

  private static float[] applied(JsonNode r, Function<TokenHistory, LogitsStep> step) {
    float[] logits = Golden.vector(r.get("vec").asString());
    TokenHistory history = Golden.history(r.get("hist").asString());
    WholeRow row = new WholeRow(logits.length);
    row.wrap(MemorySegment.ofArray(logits));
    step.apply(history).apply(history, row);
    return logits;
  }

  private static void check(JsonNode r, float[] output) {
    float[] input = Golden.vector(r.get("vec").asString());
    GoldenOutcome.assertMatches(input, output, r, r.get("id").asString());
  }

  private static void checkSome(JsonNode r, float[] output) {
    float[] recorded = Golden.floats(r.at("/vals/f32").asString());
    int step = r.at("/vals/every").asInt();
    for (int i = 0; i < recorded.length; i++) {
      assertThat(output[i * step]).isEqualTo(recorded[i]);
    }
  }
}
