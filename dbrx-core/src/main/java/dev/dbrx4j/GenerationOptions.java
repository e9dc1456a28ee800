package dev.dbrx4j;

import java.time.Duration;
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
  public static final class Builder extends SamplingSetters<Builder> {
    private Builder(Map<Option<?>, Object> values) {
      super(values);
    }

    /// {@return the options}
    public GenerationOptions build() {
      return new GenerationOptions(Map.copyOf(values));
    }

    @Override
    Builder self() {
      return this;
    }
  }
}
