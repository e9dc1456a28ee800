package dev.dbrx4j;

import dev.dbrx4j.GenerationOptions.EarlyStopping;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// The part of [GenerationOptions.Builder] that says how tokens are picked, and what is told of it.
///
/// @param <B> the builder
abstract class SamplingSetters<B> extends LogitsSetters<B> {
  SamplingSetters(Map<Option<?>, Object> values) {
    super(values);
  }

  /// Divides logits before sampling: below 1 the likely tokens gain, above 1 the unlikely.
  ///
  /// @param temperature 0 for greedy, or more; see [GenerationOptions] when not set
  /// @return this builder
  public B temperature(double temperature) {
    return set(Option.TEMPERATURE, temperature);
  }

  /// Samples from the likeliest tokens only. All that tie with the last one stay.
  ///
  /// @param tokens how many, 0 for all; 50 unless set
  /// @return this builder
  public B topK(int tokens) {
    return set(Option.TOP_K, tokens);
  }

  /// Samples from the fewest likeliest tokens whose probabilities reach a sum.
  ///
  /// @param probability 0 (the likeliest token only) to 1 (all tokens); 1 unless set
  /// @return this builder
  public B topP(double probability) {
    return set(Option.TOP_P, probability);
  }

  /// Samples from tokens that are at least this likely, relative to the likeliest.
  ///
  /// @param fraction 0 (all tokens) to 1; 0 unless set
  /// @return this builder
  public B minP(double fraction) {
    return set(Option.MIN_P, fraction);
  }

  /// Samples from the tokens whose surprise is nearest to the entropy (Meister et al. 2022).
  ///
  /// @param probability more than 0, up to 1 (all tokens); 1 unless set
  /// @return this builder
  public B typicalP(double probability) {
    return set(Option.TYPICAL_P, probability);
  }

  /// Samples from tokens of at least a probability (Hewitt et al. 2022).
  ///
  /// @param probability 0 (all tokens) to less than 1; 0 unless set
  /// @return this builder
  public B epsilonCutoff(double probability) {
    return set(Option.EPSILON_CUTOFF, probability);
  }

  /// Samples from tokens of at least the probability `min(e, sqrt(e) * exp(-entropy))` (Hewitt et
  /// al. 2022).
  ///
  /// @param epsilon 0 (all tokens) to less than 1; 0 unless set
  /// @return this builder
  public B etaCutoff(double epsilon) {
    return set(Option.ETA_CUTOFF, epsilon);
  }

  /// Samples, of the 100 likeliest tokens, from those that carry a part of their entropy.
  ///
  /// @param fraction 0 (off) to 1; 0 unless set
  /// @return this builder
  public B topH(double fraction) {
    return set(Option.TOP_H, fraction);
  }

  /// Makes sampling repeatable: the same model, prompt, options and seed give the same tokens. Of
  /// several samples, sample `i` (from 0) is what a call for one with `seed + i` gives.
  ///
  /// @param seed any number; a new one a call unless set
  /// @return this builder
  public B seed(long seed) {
    return set(Option.SEED, OptionalLong.of(seed));
  }

  /// Samples several answers to one prompt.
  ///
  /// @param count 1 or more; 1 unless set
  /// @return this builder
  public B samples(int count) {
    return set(Option.SAMPLES, count);
  }

  /// Searches for likely answers instead of taking one token at a time.
  ///
  /// @param beams 1 (off) or more; 1 unless set
  /// @return this builder
  public B numBeams(int beams) {
    return set(Option.NUM_BEAMS, beams);
  }

  /// Divides a finished beam's log-probability by its length to this power.
  ///
  /// @param power above 0 favours long answers, below 0 short ones; 1 unless set
  /// @return this builder
  public B lengthPenalty(double power) {
    return set(Option.LENGTH_PENALTY, power);
  }

  /// Says when beam search ends.
  ///
  /// @param rule [EarlyStopping#HEURISTIC] unless set
  /// @return this builder
  public B earlyStopping(EarlyStopping rule) {
    return set(Option.EARLY_STOPPING, rule);
  }

  /// Proposes tokens that followed the same words earlier, checks them in one pass, and keeps those
  /// that would have come anyway: the same text, sooner, where answers quote the prompt.
  ///
  /// @param tokens proposed at once, 0 for off; 0 unless set
  /// @return this builder
  public B promptLookupNumTokens(int tokens) {
    return set(Option.PROMPT_LOOKUP_NUM_TOKENS, tokens);
  }

  /// Sets how many last tokens prompt lookup looks for at most.
  ///
  /// @param tokens 1 or more; 2 unless set
  /// @return this builder
  public B maxMatchingNgramSize(int tokens) {
    return set(Option.MAX_MATCHING_NGRAM_SIZE, tokens);
  }

  /// Reports log-probabilities of the chosen token and of the likeliest ones, as the model gave
  /// them: before processors and temperature.
  ///
  /// @param top how many of the likeliest, 0 for the chosen token only; off unless set
  /// @return this builder
  public B logprobs(int top) {
    return set(Option.LOGPROBS, OptionalInt.of(top));
  }

  /// Reports log-probabilities of the prompt's tokens and of the likeliest at their places.
  ///
  /// @param top how many of the likeliest, 0 for the prompt's only; off unless set
  /// @return this builder
  public B promptLogprobs(int top) {
    return set(Option.PROMPT_LOGPROBS, OptionalInt.of(top));
  }
}
