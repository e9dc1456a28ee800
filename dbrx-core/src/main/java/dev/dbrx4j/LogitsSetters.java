package dev.dbrx4j;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The part of [GenerationOptions.Builder] that changes logits before a token is picked.
///
/// @param <B> the builder
abstract class LogitsSetters<B> extends LengthSetters<B> {
  LogitsSetters(Map<Option<?>, Object> values) {
    super(values);
  }

  /// Divides the positive logits of tokens that occurred, in the prompt or since, and multiplies
  /// the negative ones.
  ///
  /// @param penalty more than 0; above 1 discourages repetition; 1 unless set
  /// @return this builder
  public B repetitionPenalty(double penalty) {
    return set(Option.REPETITION_PENALTY, penalty);
  }

  /// Takes from a token's logit for each time it was generated, as vLLM and the OpenAI API do.
  ///
  /// @param penalty -2 to 2; 0 unless set
  /// @return this builder
  public B frequencyPenalty(double penalty) {
    return set(Option.FREQUENCY_PENALTY, penalty);
  }

  /// Takes from a token's logit, once, if it was generated, as vLLM and the OpenAI API do.
  ///
  /// @param penalty -2 to 2; 0 unless set
  /// @return this builder
  public B presencePenalty(double penalty) {
    return set(Option.PRESENCE_PENALTY, penalty);
  }

  /// Forbids sequences of so many tokens to come twice, the prompt included.
  ///
  /// @param tokens 0 (off) or more; 0 unless set
  /// @return this builder
  public B noRepeatNgramSize(int tokens) {
    return set(Option.NO_REPEAT_NGRAM_SIZE, tokens);
  }

  /// Forbids token sequences: the last token of one cannot follow the others.
  ///
  /// @param sequences of one token or more each
  /// @return this builder
  public B badWordsIds(List<List<Integer>> sequences) {
    return set(Option.BAD_WORDS_IDS, sequences.stream().map(List::copyOf).toList());
  }

  /// Forbids tokens.
  ///
  /// @param ids tokens of the vocabulary
  /// @return this builder
  public B suppressTokens(int... ids) {
    return set(Option.SUPPRESS_TOKENS, list(ids));
  }

  /// Forbids tokens as the first one generated.
  ///
  /// @param ids tokens of the vocabulary
  /// @return this builder
  public B beginSuppressTokens(int... ids) {
    return set(Option.BEGIN_SUPPRESS_TOKENS, list(ids));
  }

  /// Forbids all tokens but these, end-of-sequence tokens included.
  ///
  /// @param ids tokens of the vocabulary; none to allow all
  /// @return this builder
  public B allowedTokenIds(int... ids) {
    return set(Option.ALLOWED_TOKEN_IDS, list(ids));
  }

  /// Adds to the logits of tokens.
  ///
  /// @param biases by token id; negative infinity bans
  /// @return this builder
  public B logitBias(Map<Integer, Double> biases) {
    return set(Option.LOGIT_BIAS, Map.copyOf(biases));
  }

  /// Adds to the logit of a sequence's last token when the tokens before it have just come out.
  ///
  /// @param biases by sequences of one token or more; negative infinity bans
  /// @return this builder
  public B sequenceBias(Map<List<Integer>, Double> biases) {
    return set(Option.SEQUENCE_BIAS, Map.copyOf(biases));
  }

  /// Makes a token follow a prompt of a single token; longer prompts are not affected.
  ///
  /// @param id a token of the vocabulary
  /// @return this builder
  public B forcedBosTokenId(int id) {
    return set(Option.FORCED_BOS_TOKEN_ID, OptionalInt.of(id));
  }

  /// Replaces NaN logits by 0 and infinite ones by the largest float, instead of failing.
  ///
  /// @param remove true to replace; false unless set
  /// @return this builder
  public B removeInvalidValues(boolean remove) {
    return set(Option.REMOVE_INVALID_VALUES, remove);
  }

  /// Makes log-probabilities of scores again after all processors. Matters to beam search alone: it
  /// changes what beams score, not which token is the likeliest after another.
  ///
  /// @param renormalize true to do so; false unless set
  /// @return this builder
  public B renormalizeLogits(boolean renormalize) {
    return set(Option.RENORMALIZE_LOGITS, renormalize);
  }

  /// Adds the caller's own changes to logits, after all others and before temperature.
  ///
  /// @param processors called in this order
  /// @return this builder
  public B logitsProcessors(LogitsProcessor... processors) {
    return set(Option.LOGITS_PROCESSORS, List.of(processors));
  }

  /// Makes the text JSON that keeps to a schema, a match of a regular expression, one of several
  /// texts, or a sentence of a grammar.
  ///
  /// @param output what the text must be
  /// @return this builder
  public B structuredOutput(StructuredOutput output) {
    return set(Option.STRUCTURED_OUTPUT, Optional.of(output));
  }
}
