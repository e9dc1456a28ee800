package dev.dbrx4j;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// How text is generated: how long, how random, when to stop. Immutable; remembers which options
/// were set, so that a call's options can go over a model's defaults.
///
/// Names, meanings and defaults are those of Hugging Face's `GenerationConfig`, in Java's spelling
/// (`top_p` is `topP`), except for:
///
/// - no `do_sample`: a temperature of 0 is greedy, a positive one samples. When temperature is not
///   set it is 1 if a sampling filter (such as `topP`) is set, and 0 otherwise, so that asking for
///   top-p alone is not silently ignored;
/// - `maxNewTokens` is 256 instead of a total length of 20.
///
/// As there, `topK` is 50 unless set: 0 turns it off.
public final class GenerationOptions {
  private static final GenerationOptions DEFAULTS = builder().build();

  private final Map<Option<?>, Object> values;

  private GenerationOptions(Map<Option<?>, Object> values) {
    this.values = values;
  }

  /// {@return options with nothing set: greedy, up to 256 tokens}
  public static GenerationOptions defaults() {
    return DEFAULTS;
  }

  /// {@return a builder with nothing set}
  public static Builder builder() {
    return new Builder(Map.of());
  }

  /// {@return a builder that starts with these options}
  public Builder toBuilder() {
    return new Builder(values);
  }

  /// {@return these options, completed by others where they set nothing}
  ///
  /// @param defaults what to use for options that are not set here
  public GenerationOptions withDefaults(GenerationOptions defaults) {
    Builder merged = defaults.toBuilder();
    merged.values.putAll(values);
    return merged.build();
  }

  /// {@return the number of tokens after which generation ends}
  public int maxNewTokens() {
    return get(Option.MAX_NEW_TOKENS);
  }

  /// {@return the number of tokens before which generation does not end by itself}
  public int minNewTokens() {
    return get(Option.MIN_NEW_TOKENS);
  }

  /// {@return what logits are divided by; 0 for greedy}
  public double temperature() {
    if (values.containsKey(Option.TEMPERATURE)) {
      return get(Option.TEMPERATURE);
    }
    return Option.FILTERS.stream().anyMatch(values::containsKey) ? 1 : 0;
  }

  /// {@return how many of the likeliest tokens are kept; 0 for all}
  public int topK() {
    return get(Option.TOP_K);
  }

  /// {@return the probability that the kept tokens together reach}
  public double topP() {
    return get(Option.TOP_P);
  }

  /// {@return the least probability of a kept token, relative to the likeliest}
  public double minP() {
    return get(Option.MIN_P);
  }

  /// {@return the probability that the kept tokens, the most typical ones, together reach}
  public double typicalP() {
    return get(Option.TYPICAL_P);
  }

  /// {@return the least probability of a kept token}
  public double epsilonCutoff() {
    return get(Option.EPSILON_CUTOFF);
  }

  /// {@return the least probability of a kept token where the model is sure}
  public double etaCutoff() {
    return get(Option.ETA_CUTOFF);
  }

  /// {@return the part of the entropy that the kept tokens carry; 0 for off}
  public double topH() {
    return get(Option.TOP_H);
  }

  /// {@return the penalty on tokens that occurred; 1 for none}
  public double repetitionPenalty() {
    return get(Option.REPETITION_PENALTY);
  }

  /// {@return what a token's logit loses for each time it was generated}
  public double frequencyPenalty() {
    return get(Option.FREQUENCY_PENALTY);
  }

  /// {@return what a token's logit loses once it was generated}
  public double presencePenalty() {
    return get(Option.PRESENCE_PENALTY);
  }

  /// {@return the length of token sequences that do not come twice; 0 for off}
  public int noRepeatNgramSize() {
    return get(Option.NO_REPEAT_NGRAM_SIZE);
  }

  /// {@return token sequences that do not come out}
  public List<List<Integer>> badWordsIds() {
    return get(Option.BAD_WORDS_IDS);
  }

  /// {@return tokens that do not come out}
  public List<Integer> suppressTokens() {
    return get(Option.SUPPRESS_TOKENS);
  }

  /// {@return tokens that do not come first}
  public List<Integer> beginSuppressTokens() {
    return get(Option.BEGIN_SUPPRESS_TOKENS);
  }

  /// {@return the only tokens that may come out; empty for all}
  public List<Integer> allowedTokenIds() {
    return get(Option.ALLOWED_TOKEN_IDS);
  }

  /// {@return what is added to tokens' logits}
  public Map<Integer, Double> logitBias() {
    return get(Option.LOGIT_BIAS);
  }

  /// {@return what is added to the logit of a sequence's last token after the others}
  public Map<List<Integer>, Double> sequenceBias() {
    return get(Option.SEQUENCE_BIAS);
  }

  /// {@return the token that follows a prompt of a single token, if one is set}
  public OptionalInt forcedBosTokenId() {
    return get(Option.FORCED_BOS_TOKEN_ID);
  }

  /// {@return tokens of which one comes last at the length limit}
  public List<Integer> forcedEosTokenIds() {
    return get(Option.FORCED_EOS_TOKEN_IDS);
  }

  /// {@return how the end is favoured as the text grows}
  public LengthDecay exponentialDecayLengthPenalty() {
    return get(Option.LENGTH_DECAY);
  }

  /// {@return whether NaN and infinite logits are replaced instead of reported}
  public boolean removeInvalidValues() {
    return get(Option.REMOVE_INVALID_VALUES);
  }

  /// {@return whether beams score by probabilities after processors instead of before}
  public boolean renormalizeLogits() {
    return get(Option.RENORMALIZE_LOGITS);
  }

  /// {@return the caller's own processors}
  public List<LogitsProcessor> logitsProcessors() {
    return get(Option.LOGITS_PROCESSORS);
  }

  /// {@return what the text must be, if that is set}
  public Optional<StructuredOutput> structuredOutput() {
    return get(Option.STRUCTURED_OUTPUT);
  }

  /// {@return the seed, if one is set}
  public OptionalLong seed() {
    return get(Option.SEED);
  }

  /// {@return how many answers are sampled}
  public int samples() {
    return get(Option.SAMPLES);
  }

  /// {@return how many beams are searched; 1 for no beam search}
  public int numBeams() {
    return get(Option.NUM_BEAMS);
  }

  /// {@return the power of the length by which a beam's score is divided}
  public double lengthPenalty() {
    return get(Option.LENGTH_PENALTY);
  }

  /// {@return when beam search ends}
  public EarlyStopping earlyStopping() {
    return get(Option.EARLY_STOPPING);
  }

  /// {@return how many tokens are proposed at once from the prompt; 0 for off}
  public int promptLookupNumTokens() {
    return get(Option.PROMPT_LOOKUP_NUM_TOKENS);
  }

  /// {@return how many last tokens prompt lookup matches at most}
  public int maxMatchingNgramSize() {
    return get(Option.MAX_MATCHING_NGRAM_SIZE);
  }

  /// {@return how many of the likeliest tokens are reported at each place, if asked for}
  public OptionalInt logprobs() {
    return get(Option.LOGPROBS);
  }

  /// {@return how many of the likeliest tokens are reported at each place of the prompt, if asked
  /// for}
  public OptionalInt promptLogprobs() {
    return get(Option.PROMPT_LOGPROBS);
  }

  /// {@return strings that end generation}
  public List<String> stop() {
    return get(Option.STOP);
  }

  /// {@return tokens that end generation, besides the model's end-of-sequence tokens}
  public List<Integer> stopTokenIds() {
    return get(Option.STOP_TOKEN_IDS);
  }

  /// {@return whether generation goes on after an end-of-sequence token}
  public boolean ignoreEos() {
    return get(Option.IGNORE_EOS);
  }

  /// {@return the time allowed, if it is bounded}
  public Optional<Duration> timeout() {
    return get(Option.TIMEOUT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GenerationOptions that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  /// {@return the options that are set, as name=value}
  @Override
  public String toString() {
    return "GenerationOptions" + values;
  }

  private <T> T get(Option<T> option) {
    return valueOf(values, option);
  }

  @SuppressWarnings("unchecked") // Builder.set puts only a T under an Option<T>
  private static <T> T valueOf(Map<Option<?>, Object> values, Option<T> option) {
    return (T) values.getOrDefault(option, option.defaultValue());
  }

  /// When beam search ends, as Hugging Face's `early_stopping`.
  public enum EarlyStopping {
    /// When it is unlikely that a better answer comes: `early_stopping=False`.
    HEURISTIC,
    /// As soon as there are as many answers as beams: `early_stopping=True`.
    FIRST,
    /// When no better answer can come: `early_stopping="never"`.
    NEVER
  }

  /// How the end of the text is favoured as it grows.
  ///
  /// @param start tokens generated before it begins
  /// @param factor growth a token; 1 for none
  public record LengthDecay(int start, double factor) {}

  /// Collects options. Every value is checked when it is set: one out of range throws
  /// [InvalidRequestException] naming the option, the value and the range.
  public static final class Builder {
    private final Map<Option<?>, Object> values;

    private Builder(Map<Option<?>, Object> values) {
      this.values = new LinkedHashMap<>(values);
    }

    /// Ends generation after so many tokens.
    ///
    /// @param tokens 1 or more; 256 unless set
    /// @return this builder
    public Builder maxNewTokens(int tokens) {
      return set(Option.MAX_NEW_TOKENS, tokens);
    }

    /// Forbids end-of-sequence tokens until so many tokens are out.
    ///
    /// @param tokens 0 or more; 0 unless set
    /// @return this builder
    public Builder minNewTokens(int tokens) {
      return set(Option.MIN_NEW_TOKENS, tokens);
    }

    /// Divides logits before sampling: below 1 the likely tokens gain, above 1 the unlikely.
    ///
    /// @param temperature 0 for greedy, or more; see [GenerationOptions] when not set
    /// @return this builder
    public Builder temperature(double temperature) {
      return set(Option.TEMPERATURE, temperature);
    }

    /// Samples from the likeliest tokens only. All that tie with the last one stay.
    ///
    /// @param tokens how many, 0 for all; 50 unless set
    /// @return this builder
    public Builder topK(int tokens) {
      return set(Option.TOP_K, tokens);
    }

    /// Samples from the fewest likeliest tokens whose probabilities reach a sum.
    ///
    /// @param probability 0 (the likeliest token only) to 1 (all tokens); 1 unless set
    /// @return this builder
    public Builder topP(double probability) {
      return set(Option.TOP_P, probability);
    }

    /// Samples from tokens that are at least this likely, relative to the likeliest.
    ///
    /// @param fraction 0 (all tokens) to 1; 0 unless set
    /// @return this builder
    public Builder minP(double fraction) {
      return set(Option.MIN_P, fraction);
    }

    /// Samples from the tokens whose surprise is nearest to the entropy (Meister et al. 2022).
    ///
    /// @param probability more than 0, up to 1 (all tokens); 1 unless set
    /// @return this builder
    public Builder typicalP(double probability) {
      return set(Option.TYPICAL_P, probability);
    }

    /// Samples from tokens of at least a probability (Hewitt et al. 2022).
    ///
    /// @param probability 0 (all tokens) to less than 1; 0 unless set
    /// @return this builder
    public Builder epsilonCutoff(double probability) {
      return set(Option.EPSILON_CUTOFF, probability);
    }

    /// Samples from tokens of at least the probability `min(e, sqrt(e) * exp(-entropy))` (Hewitt et
    /// al. 2022).
    ///
    /// @param epsilon 0 (all tokens) to less than 1; 0 unless set
    /// @return this builder
    public Builder etaCutoff(double epsilon) {
      return set(Option.ETA_CUTOFF, epsilon);
    }

    /// Samples, of the 100 likeliest tokens, from those that carry a part of their entropy.
    ///
    /// @param fraction 0 (off) to 1; 0 unless set
    /// @return this builder
    public Builder topH(double fraction) {
      return set(Option.TOP_H, fraction);
    }

    /// Divides the positive logits of tokens that occurred, in the prompt or since, and multiplies
    /// the negative ones.
    ///
    /// @param penalty more than 0; above 1 discourages repetition; 1 unless set
    /// @return this builder
    public Builder repetitionPenalty(double penalty) {
      return set(Option.REPETITION_PENALTY, penalty);
    }

    /// Takes from a token's logit for each time it was generated, as vLLM and the OpenAI API do.
    ///
    /// @param penalty -2 to 2; 0 unless set
    /// @return this builder
    public Builder frequencyPenalty(double penalty) {
      return set(Option.FREQUENCY_PENALTY, penalty);
    }

    /// Takes from a token's logit, once, if it was generated, as vLLM and the OpenAI API do.
    ///
    /// @param penalty -2 to 2; 0 unless set
    /// @return this builder
    public Builder presencePenalty(double penalty) {
      return set(Option.PRESENCE_PENALTY, penalty);
    }

    /// Forbids sequences of so many tokens to come twice, the prompt included.
    ///
    /// @param tokens 0 (off) or more; 0 unless set
    /// @return this builder
    public Builder noRepeatNgramSize(int tokens) {
      return set(Option.NO_REPEAT_NGRAM_SIZE, tokens);
    }

    /// Forbids token sequences: the last token of one cannot follow the others.
    ///
    /// @param sequences of one token or more each
    /// @return this builder
    public Builder badWordsIds(List<List<Integer>> sequences) {
      return set(Option.BAD_WORDS_IDS, sequences.stream().map(List::copyOf).toList());
    }

    /// Forbids tokens.
    ///
    /// @param ids tokens of the vocabulary
    /// @return this builder
    public Builder suppressTokens(int... ids) {
      return set(Option.SUPPRESS_TOKENS, list(ids));
    }

    /// Forbids tokens as the first one generated.
    ///
    /// @param ids tokens of the vocabulary
    /// @return this builder
    public Builder beginSuppressTokens(int... ids) {
      return set(Option.BEGIN_SUPPRESS_TOKENS, list(ids));
    }

    /// Forbids all tokens but these, end-of-sequence tokens included.
    ///
    /// @param ids tokens of the vocabulary; none to allow all
    /// @return this builder
    public Builder allowedTokenIds(int... ids) {
      return set(Option.ALLOWED_TOKEN_IDS, list(ids));
    }

    /// Adds to the logits of tokens.
    ///
    /// @param biases by token id; negative infinity bans
    /// @return this builder
    public Builder logitBias(Map<Integer, Double> biases) {
      return set(Option.LOGIT_BIAS, Map.copyOf(biases));
    }

    /// Adds to the logit of a sequence's last token when the tokens before it have just come out.
    ///
    /// @param biases by sequences of one token or more; negative infinity bans
    /// @return this builder
    public Builder sequenceBias(Map<List<Integer>, Double> biases) {
      return set(Option.SEQUENCE_BIAS, Map.copyOf(biases));
    }

    /// Makes a token follow a prompt of a single token; longer prompts are not affected.
    ///
    /// @param id a token of the vocabulary
    /// @return this builder
    public Builder forcedBosTokenId(int id) {
      return set(Option.FORCED_BOS_TOKEN_ID, OptionalInt.of(id));
    }

    /// Makes one of these tokens the last when `maxNewTokens` is reached.
    ///
    /// @param ids tokens of the vocabulary
    /// @return this builder
    public Builder forcedEosTokenIds(int... ids) {
      return set(Option.FORCED_EOS_TOKEN_IDS, list(ids));
    }

    /// Favours end-of-sequence tokens more and more: after `start` tokens adds `|logit| *
    /// (factor^(tokens - start) - 1)` to their logits.
    ///
    /// @param start tokens generated before it begins, 0 or more
    /// @param factor 1 or more; 1 unless set
    /// @return this builder
    public Builder exponentialDecayLengthPenalty(int start, double factor) {
      return set(Option.LENGTH_DECAY, new LengthDecay(start, factor));
    }

    /// Replaces NaN logits by 0 and infinite ones by the largest float, instead of failing.
    ///
    /// @param remove true to replace; false unless set
    /// @return this builder
    public Builder removeInvalidValues(boolean remove) {
      return set(Option.REMOVE_INVALID_VALUES, remove);
    }

    /// Makes log-probabilities of scores again after all processors. Matters to beam search alone:
    /// it changes what beams score, not which token is the likeliest after another.
    ///
    /// @param renormalize true to do so; false unless set
    /// @return this builder
    public Builder renormalizeLogits(boolean renormalize) {
      return set(Option.RENORMALIZE_LOGITS, renormalize);
    }

    /// Adds the caller's own changes to logits, after all others and before temperature.
    ///
    /// @param processors called in this order
    /// @return this builder
    public Builder logitsProcessors(LogitsProcessor... processors) {
      return set(Option.LOGITS_PROCESSORS, List.of(processors));
    }

    /// Makes the text JSON that keeps to a schema, a match of a regular expression, one of several
    /// texts, or a sentence of a grammar.
    ///
    /// @param output what the text must be
    /// @return this builder
    public Builder structuredOutput(StructuredOutput output) {
      return set(Option.STRUCTURED_OUTPUT, Optional.of(output));
    }

    /// Makes sampling repeatable: the same model, prompt, options and seed give the same tokens. Of
    /// several samples, sample `i` (from 0) is what a call for one with `seed + i` gives.
    ///
    /// @param seed any number; a new one a call unless set
    /// @return this builder
    public Builder seed(long seed) {
      return set(Option.SEED, OptionalLong.of(seed));
    }

    /// Samples several answers to one prompt.
    ///
    /// @param count 1 or more; 1 unless set
    /// @return this builder
    public Builder samples(int count) {
      return set(Option.SAMPLES, count);
    }

    /// Searches for likely answers instead of taking one token at a time.
    ///
    /// @param beams 1 (off) or more; 1 unless set
    /// @return this builder
    public Builder numBeams(int beams) {
      return set(Option.NUM_BEAMS, beams);
    }

    /// Divides a finished beam's log-probability by its length to this power.
    ///
    /// @param power above 0 favours long answers, below 0 short ones; 1 unless set
    /// @return this builder
    public Builder lengthPenalty(double power) {
      return set(Option.LENGTH_PENALTY, power);
    }

    /// Says when beam search ends.
    ///
    /// @param rule [EarlyStopping#HEURISTIC] unless set
    /// @return this builder
    public Builder earlyStopping(EarlyStopping rule) {
      return set(Option.EARLY_STOPPING, rule);
    }

    /// Proposes tokens that followed the same words earlier, checks them in one pass, and keeps
    /// those that would have come anyway: the same text, sooner, where answers quote the prompt.
    ///
    /// @param tokens proposed at once, 0 for off; 0 unless set
    /// @return this builder
    public Builder promptLookupNumTokens(int tokens) {
      return set(Option.PROMPT_LOOKUP_NUM_TOKENS, tokens);
    }

    /// Sets how many last tokens prompt lookup looks for at most.
    ///
    /// @param tokens 1 or more; 2 unless set
    /// @return this builder
    public Builder maxMatchingNgramSize(int tokens) {
      return set(Option.MAX_MATCHING_NGRAM_SIZE, tokens);
    }

    /// Reports log-probabilities of the chosen token and of the likeliest ones, as the model gave
    /// them: before processors and temperature.
    ///
    /// @param top how many of the likeliest, 0 for the chosen token only; off unless set
    /// @return this builder
    public Builder logprobs(int top) {
      return set(Option.LOGPROBS, OptionalInt.of(top));
    }

    /// Reports log-probabilities of the prompt's tokens and of the likeliest at their places.
    ///
    /// @param top how many of the likeliest, 0 for the prompt's only; off unless set
    /// @return this builder
    public Builder promptLogprobs(int top) {
      return set(Option.PROMPT_LOGPROBS, OptionalInt.of(top));
    }

    /// Ends generation when one of these strings comes out, also across token borders; the string
    /// is not part of the text.
    ///
    /// @param strings one character or more each
    /// @return this builder
    public Builder stop(String... strings) {
      return set(Option.STOP, List.of(strings));
    }

    /// Ends generation when one of these tokens comes out, as an end-of-sequence token does.
    ///
    /// @param ids tokens of the vocabulary
    /// @return this builder
    public Builder stopTokenIds(int... ids) {
      return set(Option.STOP_TOKEN_IDS, list(ids));
    }

    /// Goes on after an end-of-sequence token, for benchmarks.
    ///
    /// @param ignore true to go on; false unless set
    /// @return this builder
    public Builder ignoreEos(boolean ignore) {
      return set(Option.IGNORE_EOS, ignore);
    }

    /// Ends generation when a time is over, counted from submission: it covers waiting for a slot,
    /// prefill and decode. The result then has what came out, and [FinishReason#DEADLINE].
    ///
    /// @param time more than 0; unbounded unless set
    /// @return this builder
    public Builder timeout(Duration time) {
      return set(Option.TIMEOUT, Optional.of(time));
    }

    /// {@return the options}
    public GenerationOptions build() {
      return new GenerationOptions(Map.copyOf(values));
    }

    private static List<Integer> list(int... ids) {
      return Arrays.stream(ids).boxed().toList();
    }

    private <T> Builder set(Option<T> option, T value) {
      values.put(option, option.checked(value));
      return this;
    }
  }
}
