package dev.dbrx4j.sampling;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationOptions.EarlyStopping;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Reads `generation_config.json`, or any object with the names of Hugging Face's
/// `GenerationConfig`. Names that are none of ours are left alone, as there.
public final class HuggingFaceOptions {
  private interface Setter extends BiConsumer<GenerationOptions.Builder, JsonNode> {}

  private static final Map<String, Setter> SETTERS =
      Map.ofEntries(
          Map.entry("max_new_tokens", (o, v) -> o.maxNewTokens(v.intValue())),
          Map.entry("min_new_tokens", (o, v) -> o.minNewTokens(v.intValue())),
          Map.entry("temperature", (o, v) -> o.temperature(v.doubleValue())),
          Map.entry("top_k", (o, v) -> o.topK(v.intValue())),
          Map.entry("top_p", (o, v) -> o.topP(v.doubleValue())),
          Map.entry("min_p", (o, v) -> o.minP(v.doubleValue())),
          Map.entry("typical_p", (o, v) -> o.typicalP(v.doubleValue())),
          Map.entry("epsilon_cutoff", (o, v) -> o.epsilonCutoff(v.doubleValue())),
          Map.entry("eta_cutoff", (o, v) -> o.etaCutoff(v.doubleValue())),
          Map.entry("top_h", (o, v) -> o.topH(v.doubleValue())),
          Map.entry("repetition_penalty", (o, v) -> o.repetitionPenalty(v.doubleValue())),
          Map.entry("no_repeat_ngram_size", (o, v) -> o.noRepeatNgramSize(v.intValue())),
          Map.entry("bad_words_ids", (o, v) -> o.badWordsIds(sequences(v))),
          Map.entry("suppress_tokens", (o, v) -> o.suppressTokens(ids(v))),
          Map.entry("begin_suppress_tokens", (o, v) -> o.beginSuppressTokens(ids(v))),
          Map.entry("sequence_bias", (o, v) -> o.sequenceBias(biases(v))),
          Map.entry("forced_bos_token_id", (o, v) -> o.forcedBosTokenId(v.intValue())),
          Map.entry("forced_eos_token_id", (o, v) -> o.forcedEosTokenIds(ids(v))),
          Map.entry(
              "exponential_decay_length_penalty",
              (o, v) ->
                  o.exponentialDecayLengthPenalty(v.get(0).intValue(), v.get(1).doubleValue())),
          Map.entry("remove_invalid_values", (o, v) -> o.removeInvalidValues(v.booleanValue())),
          Map.entry("renormalize_logits", (o, v) -> o.renormalizeLogits(v.booleanValue())),
          Map.entry("num_return_sequences", (o, v) -> o.samples(v.intValue())),
          Map.entry("num_beams", (o, v) -> o.numBeams(v.intValue())),
          Map.entry("length_penalty", (o, v) -> o.lengthPenalty(v.doubleValue())),
          Map.entry("early_stopping", (o, v) -> o.earlyStopping(earlyStopping(v))),
          Map.entry("prompt_lookup_num_tokens", (o, v) -> o.promptLookupNumTokens(v.intValue())),
          Map.entry("max_matching_ngram_size", (o, v) -> o.maxMatchingNgramSize(v.intValue())),
          Map.entry("stop_strings", (o, v) -> o.stop(strings(v))));

  private static final Set<String> ONLY_WHEN_SAMPLING =
      Set.of(
          "temperature",
          "top_k",
          "top_p",
          "min_p",
          "typical_p",
          "epsilon_cutoff",
          "eta_cutoff",
          "top_h");

  private HuggingFaceOptions() {}

  /// Reads options. What concerns sampling only counts if `do_sample` is true.
  ///
  /// @param config the JSON object
  /// @return the options it sets
  /// @throws dev.dbrx4j.InvalidRequestException if a value is out of range
  public static GenerationOptions read(JsonNode config) {
    GenerationOptions.Builder options = GenerationOptions.builder();
    boolean sampling = config.path("do_sample").asBoolean(false);
    if (sampling) {
      options.temperature(1);
    }
    for (Map.Entry<String, JsonNode> entry : config.properties()) {
      Setter setter = SETTERS.get(entry.getKey());
      boolean counts = sampling || !ONLY_WHEN_SAMPLING.contains(entry.getKey());
      if (setter != null && counts && !entry.getValue().isNull()) {
        setter.accept(options, entry.getValue());
      }
    }
    return options.build();
  }

  private static int[] ids(JsonNode node) {
    return node.isArray()
        ? node.valueStream().mapToInt(JsonNode::intValue).toArray()
        : new int[] {node.intValue()};
  }

  private static List<Integer> sequence(JsonNode node) {
    return Arrays.stream(ids(node)).boxed().toList();
  }

  private static List<List<Integer>> sequences(JsonNode node) {
    return node.valueStream().map(HuggingFaceOptions::sequence).toList();
  }

  private static Map<List<Integer>, Double> biases(JsonNode node) {
    return node.valueStream()
        .collect(
            Collectors.toMap(pair -> sequence(pair.get(0)), pair -> pair.get(1).doubleValue()));
  }

  private static EarlyStopping earlyStopping(JsonNode node) {
    if (node.isString()) {
      return EarlyStopping.NEVER;
    }
    return node.booleanValue() ? EarlyStopping.FIRST : EarlyStopping.HEURISTIC;
  }

  private static String[] strings(JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(JsonNode::asString).toArray(String[]::new)
        : new String[] {node.asString()};
  }
}
