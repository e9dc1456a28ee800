package dev.dbrx4j;

import dev.dbrx4j.checkpoint.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// What a checkpoint says about generating with it: `generation_config.json`, or where that is
/// absent the end-of-sequence ids in `config.json`.
///
/// @param eosTokenIds tokens that end a text; any of them does. Empty if the checkpoint names none
/// @param defaults options that the checkpoint sets. Sampling options count only beside a true
///   `do_sample`, as in Hugging Face's `generate`
public record GenerationConfig(List<Integer> eosTokenIds, GenerationOptions defaults) {
  /// Reads a model folder's generation config.
  ///
  /// @param folder a checkpoint or bundle
  /// @return what it says
  /// @throws InvalidModelException if a value is of the wrong type or out of range; it names file
  ///   and key
  public static GenerationConfig read(Path folder) {
    Path file = folder.resolve("generation_config.json");
    if (!Files.exists(file)) {
      JsonObject config = JsonObject.read(folder.resolve("config.json"));
      return new GenerationConfig(eosTokenIds(config), GenerationOptions.defaults());
    }
    JsonObject json = JsonObject.read(file);
    return new GenerationConfig(eosTokenIds(json), options(json, file));
  }

  private static List<Integer> eosTokenIds(JsonObject json) {
    return json.integers("eos_token_id", 0, Integer.MAX_VALUE).stream()
        .map(Long::intValue)
        .toList();
  }

  private static GenerationOptions options(JsonObject json, Path file) {
    GenerationOptions.Builder options = GenerationOptions.builder();
    try {
      ifSet(json, "max_new_tokens", key -> options.maxNewTokens(integer(json, key)));
      ifSet(json, "min_new_tokens", key -> options.minNewTokens(integer(json, key)));
      ifSet(json, "no_repeat_ngram_size", key -> options.noRepeatNgramSize(integer(json, key)));
      ifSet(json, "repetition_penalty", key -> options.repetitionPenalty(json.real(key)));
      if (json.flag("do_sample")) {
        options.temperature(json.has("temperature") ? json.real("temperature") : 1);
        ifSet(json, "top_k", key -> options.topK(integer(json, key)));
        ifSet(json, "top_p", key -> options.topP(json.real(key)));
        ifSet(json, "min_p", key -> options.minP(json.real(key)));
        ifSet(json, "typical_p", key -> options.typicalP(json.real(key)));
        ifSet(json, "epsilon_cutoff", key -> options.epsilonCutoff(json.real(key)));
        ifSet(json, "eta_cutoff", key -> options.etaCutoff(json.real(key)));
      }
    } catch (InvalidRequestException e) {
      throw new InvalidModelException(file + ": " + e.getMessage(), e);
    }
    return options.build();
  }

  private static void ifSet(JsonObject json, String key, Consumer<String> set) {
    if (json.has(key)) {
      set.accept(key);
    }
  }

  private static int integer(JsonObject json, String key) {
    return (int) json.integer(key, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
