package dev.dbrx4j.examples.cli;

import dev.dbrx4j.GenerationOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import picocli.CommandLine.Option;

/// Options of which several values may be given: each combination is one run.
final class OptionGrid {
  @Option(
      names = "--temperature",
      paramLabel = "T",
      arity = "1..*",
      defaultValue = "1.0",
      description = "0 is greedy (default: ${DEFAULT-VALUE}).")
  private List<Double> temperatures = List.of();

  @Option(
      names = "--top-k",
      paramLabel = "N",
      arity = "1..*",
      defaultValue = "50",
      description = "Sample from the N likeliest tokens (default: ${DEFAULT-VALUE}).")
  private List<Integer> topKs = List.of();

  @Option(
      names = "--top-p",
      paramLabel = "P",
      arity = "1..*",
      defaultValue = "1.0",
      description =
          "Sample from the fewest likeliest tokens whose probabilities reach P (default: ${DEFAULT-VALUE}).")
  private List<Double> topPs = List.of();

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      arity = "1..*",
      defaultValue = "1.0",
      description = "Above 1: tokens that occurred become less likely (default: ${DEFAULT-VALUE}).")
  private List<Double> repetitionPenalties = List.of();

  @Option(
      names = "--no-repeat-ngram-size",
      paramLabel = "N",
      arity = "1..*",
      defaultValue = "0",
      description =
          "So many tokens in a row do not come twice; 0 for off (default: ${DEFAULT-VALUE}).")
  private List<Integer> noRepeatNgramSizes = List.of();

  @Option(
      names = "--seed",
      paramLabel = "N",
      arity = "1..*",
      defaultValue = "42",
      description = "The same seed gives the same text (default: ${DEFAULT-VALUE}).")
  private List<Long> seeds = List.of();

  /// {@return every combination, the last option varying fastest}
  List<GenerationOptions> combinations(int maxNewTokens) {
    List<GenerationOptions> all =
        List.of(GenerationOptions.builder().maxNewTokens(maxNewTokens).build());
    all = each(all, temperatures, GenerationOptions.Builder::temperature);
    all = each(all, topKs, GenerationOptions.Builder::topK);
    all = each(all, topPs, GenerationOptions.Builder::topP);
    all = each(all, repetitionPenalties, GenerationOptions.Builder::repetitionPenalty);
    all = each(all, noRepeatNgramSizes, GenerationOptions.Builder::noRepeatNgramSize);
    return each(all, seeds, GenerationOptions.Builder::seed);
  }

  private static <T> List<GenerationOptions> each(
      List<GenerationOptions> before,
      List<T> values,
      BiConsumer<GenerationOptions.Builder, T> setting) {
    List<GenerationOptions> after = new ArrayList<>();
    for (GenerationOptions options : before) {
      for (T value : values) {
        GenerationOptions.Builder builder = options.toBuilder();
        setting.accept(builder, value);
        after.add(builder.build());
      }
    }
    return after;
  }

  /// {@return a combination's values by the names that Hugging Face gives them}
  static Map<String, Object> names(GenerationOptions options) {
    Map<String, Object> names = new LinkedHashMap<>();
    names.put("temperature", options.temperature());
    names.put("top_k", options.topK());
    names.put("top_p", options.topP());
    names.put("repetition_penalty", options.repetitionPenalty());
    names.put("no_repeat_ngram_size", options.noRepeatNgramSize());
    names.put("seed", options.seed().orElseThrow());
    return names;
  }
}
