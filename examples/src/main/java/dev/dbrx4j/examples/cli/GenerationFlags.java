package dev.dbrx4j.examples.cli;

import dev.dbrx4j.GenerationOptions;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// How text is generated. What is not given is as in the model's `generation_config.json`.
final class GenerationFlags {
  private final GenerationOptions.Builder options = GenerationOptions.builder();

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "Stop where this text would come; may be given several times.")
  private List<String> stop = List.of();

  @ArgGroup private StructureFlags structure = new StructureFlags();

  GenerationOptions options() {
    structure.output().ifPresent(options::structuredOutput);
    return options.stop(stop.toArray(String[]::new)).build();
  }

  @Option(
      names = {"-n", "--max-new-tokens"},
      paramLabel = "N",
      description = "Stop after so many tokens.")
  void maxNewTokens(int tokens) {
    options.maxNewTokens(tokens);
  }

  @Option(names = "--greedy", description = "Take the likeliest token each time.")
  void greedy(boolean greedy) {
    if (greedy) {
      options.temperature(0);
    }
  }

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Below 1 the likely tokens gain, above 1 the unlikely; 0 is greedy.")
  void temperature(double temperature) {
    options.temperature(temperature);
  }

  @Option(
      names = "--top-k",
      paramLabel = "N",
      description = "Sample from the N likeliest tokens; 0 for all.")
  void topK(int tokens) {
    options.topK(tokens);
  }

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "Sample from the fewest likeliest tokens whose probabilities reach P.")
  void topP(double probability) {
    options.topP(probability);
  }

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Sample from tokens at least P times as likely as the likeliest.")
  void minP(double fraction) {
    options.minP(fraction);
  }

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1: tokens that occurred become less likely.")
  void repetitionPenalty(double penalty) {
    options.repetitionPenalty(penalty);
  }

  @Option(
      names = "--prompt-lookup",
      paramLabel = "N",
      description = {
        "Guess N tokens at once from what followed the same words before:",
        "the same text, sooner where it quotes the prompt."
      })
  void promptLookup(int tokens) {
    options.promptLookupNumTokens(tokens);
  }

  @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same text.")
  void seed(long seed) {
    options.seed(seed);
  }

  @Option(names = "--ignore-eos", description = "Go on after an end-of-sequence token.")
  void ignoreEos(boolean ignore) {
    options.ignoreEos(ignore);
  }
}
