package dev.dbrx4j.sampling;

import dev.dbrx4j.GenerationOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The steps that options ask for, in the order of Hugging Face's `generate()`: biases and
/// penalties, bans, what bears on the end, the caller's own; last what the text must be. An option
/// at rest adds none.
final class LogitsSteps {
  private static final int ALWAYS = Integer.MAX_VALUE;

  private final GenerationOptions options;
  private final int promptSize;
  private final int[] eosIds;
  private final List<LogitsStep> steps = new ArrayList<>();

  private LogitsSteps(GenerationOptions options, int promptSize, int[] eosIds) {
    this.options = options;
    this.promptSize = promptSize;
    this.eosIds = eosIds;
  }

  /// @param constraint what the text must be, or null if it is free
  static List<LogitsStep> of(
      GenerationOptions options, int promptSize, int[] eosIds, @Nullable Constraint constraint) {
    LogitsSteps chain = new LogitsSteps(options, promptSize, eosIds);
    chain.addPenalties();
    chain.addBans();
    chain.addEnd();
    options.logitsProcessors().forEach(processor -> chain.steps.add(processor::process));
    if (constraint != null) {
      chain.steps.add(constraint.step(options.ignoreEos() ? new int[0] : eosIds));
    }
    return List.copyOf(chain.steps);
  }

  private void addPenalties() {
    Map<List<Integer>, Double> biases = new LinkedHashMap<>(options.sequenceBias());
    options.logitBias().forEach((id, bias) -> biases.merge(List.of(id), bias, Double::sum));
    if (!biases.isEmpty()) {
      steps.add(new SequenceBias(biases));
    }
    if (options.repetitionPenalty() != 1) {
      steps.add(new RepetitionPenalty((float) options.repetitionPenalty()));
    }
    if (options.frequencyPenalty() != 0 || options.presencePenalty() != 0) {
      steps.add(
          new OccurrencePenalty(
              (float) options.frequencyPenalty(), (float) options.presencePenalty()));
    }
  }

  private void addBans() {
    if (options.noRepeatNgramSize() > 0) {
      steps.add(new NoRepeatNgram(options.noRepeatNgramSize()));
    }
    if (!options.badWordsIds().isEmpty()) {
      steps.add(SequenceBias.ban(options.badWordsIds(), eosIds));
    }
    if (options.minNewTokens() > 0) {
      steps.add(new Forbid(0, promptSize + options.minNewTokens(), eosIds));
    }
    if (!options.allowedTokenIds().isEmpty()) {
      int[] allowed = toArray(options.allowedTokenIds());
      steps.add((history, row) -> row.keepOnly(allowed));
    }
  }

  private void addEnd() {
    options.forcedBosTokenId().ifPresent(id -> steps.add(new Force(1, id)));
    if (!options.forcedEosTokenIds().isEmpty()) {
      int beforeLast = promptSize + options.maxNewTokens() - 1;
      steps.add(new Force(beforeLast, toArray(options.forcedEosTokenIds())));
    }
    if (options.removeInvalidValues()) {
      steps.add(new RemoveInvalid());
    }
    GenerationOptions.LengthDecay decay = options.exponentialDecayLengthPenalty();
    if (decay.factor() > 1) {
      steps.add(new LengthDecay(promptSize + decay.start(), decay.factor(), eosIds));
    }
    if (!options.suppressTokens().isEmpty()) {
      steps.add(new Forbid(0, ALWAYS, toArray(options.suppressTokens())));
    }
    if (!options.beginSuppressTokens().isEmpty()) {
      steps.add(new Forbid(promptSize, promptSize + 1, toArray(options.beginSuppressTokens())));
    }
  }

  private static int[] toArray(List<Integer> ids) {
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }
}
