package dev.dbrx4j;

import dev.dbrx4j.GenerationOptions.EarlyStopping;
import dev.dbrx4j.GenerationOptions.LengthDecay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;

/// One generation option: its name, its value when not set, and which values it may have.
record Option<T>(String name, T defaultValue, String range, Predicate<T> allowed) {
  static final Option<Integer> MAX_NEW_TOKENS = whole("maxNewTokens", 256, 1);
  static final Option<Integer> MIN_NEW_TOKENS = whole("minNewTokens", 0, 0);

  static final Option<Double> TEMPERATURE =
      real("temperature", 0, "0 (greedy) or more", x -> x >= 0);
  static final Option<Integer> TOP_K = whole("topK", 50, 0);
  static final Option<Double> TOP_P = fraction("topP", 1);
  static final Option<Double> MIN_P = fraction("minP", 0);
  static final Option<Double> TYPICAL_P =
      real("typicalP", 1, "more than 0, up to 1", x -> x > 0 && x <= 1);
  static final Option<Double> EPSILON_CUTOFF =
      real("epsilonCutoff", 0, "0 to less than 1", x -> x >= 0 && x < 1);
  static final Option<Double> ETA_CUTOFF =
      real("etaCutoff", 0, "0 to less than 1", x -> x >= 0 && x < 1);
  static final Option<Double> TOP_H = fraction("topH", 0);

  /// Setting one of these asks for sampling.
  static final List<Option<?>> FILTERS =
      List.of(TOP_K, TOP_P, MIN_P, TYPICAL_P, EPSILON_CUTOFF, ETA_CUTOFF, TOP_H);

  static final Option<Double> REPETITION_PENALTY =
      real("repetitionPenalty", 1, "more than 0", x -> x > 0);
  static final Option<Double> FREQUENCY_PENALTY =
      real("frequencyPenalty", 0, "-2 to 2", x -> Math.abs(x) <= 2);
  static final Option<Double> PRESENCE_PENALTY =
      real("presencePenalty", 0, "-2 to 2", x -> Math.abs(x) <= 2);
  static final Option<Integer> NO_REPEAT_NGRAM_SIZE = whole("noRepeatNgramSize", 0, 0);
  static final Option<List<List<Integer>>> BAD_WORDS_IDS =
      new Option<>(
          "badWordsIds",
          List.of(),
          "sequences of one token id of 0 or more, or several",
          sequences -> sequences.stream().allMatch(Option::isSequence));
  static final Option<List<Integer>> SUPPRESS_TOKENS = tokens("suppressTokens");
  static final Option<List<Integer>> BEGIN_SUPPRESS_TOKENS = tokens("beginSuppressTokens");
  static final Option<List<Integer>> ALLOWED_TOKEN_IDS = tokens("allowedTokenIds");
  static final Option<Map<Integer, Double>> LOGIT_BIAS =
      new Option<>(
          "logitBias",
          Map.of(),
          "token ids of 0 or more with a finite bias or negative infinity",
          biases -> isTokens(biases.keySet()) && isBiases(biases.values()));
  static final Option<Map<List<Integer>, Double>> SEQUENCE_BIAS =
      new Option<>(
          "sequenceBias",
          Map.of(),
          "sequences of token ids with a finite bias or negative infinity",
          biases ->
              biases.keySet().stream().allMatch(Option::isSequence) && isBiases(biases.values()));
  static final Option<OptionalInt> FORCED_BOS_TOKEN_ID = count("forcedBosTokenId");
  static final Option<List<Integer>> FORCED_EOS_TOKEN_IDS = tokens("forcedEosTokenIds");
  static final Option<LengthDecay> LENGTH_DECAY =
      new Option<>(
          "exponentialDecayLengthPenalty",
          new LengthDecay(0, 1),
          "a start of 0 or more and a finite factor of 1 or more",
          d -> d.start() >= 0 && d.factor() >= 1 && Double.isFinite(d.factor()));
  static final Option<Boolean> REMOVE_INVALID_VALUES = any("removeInvalidValues", false);
  static final Option<Boolean> RENORMALIZE_LOGITS = any("renormalizeLogits", false);
  static final Option<List<LogitsProcessor>> LOGITS_PROCESSORS = any("logitsProcessors", List.of());

  static final Option<Optional<StructuredOutput>> STRUCTURED_OUTPUT =
      any("structuredOutput", Optional.empty());

  static final Option<OptionalLong> SEED = any("seed", OptionalLong.empty());
  static final Option<Integer> SAMPLES = whole("samples", 1, 1);
  static final Option<Integer> NUM_BEAMS = whole("numBeams", 1, 1);
  static final Option<Double> LENGTH_PENALTY = real("lengthPenalty", 1, "any finite", x -> true);
  static final Option<EarlyStopping> EARLY_STOPPING = any("earlyStopping", EarlyStopping.HEURISTIC);
  static final Option<Integer> PROMPT_LOOKUP_NUM_TOKENS = whole("promptLookupNumTokens", 0, 0);
  static final Option<Integer> MAX_MATCHING_NGRAM_SIZE = whole("maxMatchingNgramSize", 2, 1);

  static final Option<OptionalInt> LOGPROBS = count("logprobs");
  static final Option<OptionalInt> PROMPT_LOGPROBS = count("promptLogprobs");

  static final Option<List<String>> STOP =
      new Option<>(
          "stop",
          List.of(),
          "strings of one character or more",
          strings -> strings.stream().noneMatch(String::isEmpty));
  static final Option<List<Integer>> STOP_TOKEN_IDS = tokens("stopTokenIds");
  static final Option<Boolean> IGNORE_EOS = any("ignoreEos", false);

  static final Option<Optional<Duration>> TIMEOUT =
      new Option<>(
          "timeout",
          Optional.empty(),
          "more than 0",
          t -> t.filter(Duration::isPositive).isPresent());

  private static <T> Option<T> any(String name, T defaultValue) {
    return new Option<>(name, defaultValue, "any", value -> true);
  }

  private static Option<Integer> whole(String name, int defaultValue, int least) {
    return new Option<>(name, defaultValue, least + " or more", n -> n >= least);
  }

  private static Option<OptionalInt> count(String name) {
    return new Option<>(name, OptionalInt.empty(), "0 or more", n -> n.orElse(0) >= 0);
  }

  private static Option<Double> real(
      String name, double defaultValue, String range, Predicate<Double> allowed) {
    return new Option<>(name, defaultValue, range, x -> Double.isFinite(x) && allowed.test(x));
  }

  private static Option<Double> fraction(String name, double defaultValue) {
    return real(name, defaultValue, "0 to 1", x -> x >= 0 && x <= 1);
  }

  private static Option<List<Integer>> tokens(String name) {
    return new Option<>(name, List.of(), "token ids of 0 or more", Option::isTokens);
  }

  private static boolean isSequence(List<Integer> ids) {
    return !ids.isEmpty() && isTokens(ids);
  }

  private static boolean isTokens(Iterable<Integer> ids) {
    for (int id : ids) {
      if (id < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBiases(Iterable<Double> biases) {
    for (double bias : biases) {
      if (Double.isNaN(bias) || bias == Double.POSITIVE_INFINITY) {
        return false;
      }
    }
    return true;
  }

  T checked(T value) {
    if (!allowed.test(value)) {
      throw new InvalidRequestException("option " + name + " is " + value + ", allowed: " + range);
    }
    return value;
  }

  @Override
  public String toString() {
    return name;
  }
}
