package dev.dbrx4j;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private static final List<Option<?>> FILTERS = List.of(Option.TOP_K, Option.TOP_P, Option.MIN_P);
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

  /// {@return what logits are divided by; 0 for greedy}
  public double temperature() {
    if (values.containsKey(Option.TEMPERATURE)) {
      return get(Option.TEMPERATURE);
    }
    return FILTERS.stream().anyMatch(values::containsKey) ? 1 : 0;
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

  /// {@return the penalty on tokens that occurred; 1 for none}
  public double repetitionPenalty() {
    return get(Option.REPETITION_PENALTY);
  }

  /// {@return the seed, if one is set}
  public OptionalLong seed() {
    return get(Option.SEED);
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

    /// Divides the positive logits of tokens that occurred, in the prompt or since, and multiplies
    /// the negative ones.
    ///
    /// @param penalty more than 0; above 1 discourages repetition; 1 unless set
    /// @return this builder
    public Builder repetitionPenalty(double penalty) {
      return set(Option.REPETITION_PENALTY, penalty);
    }

    /// Makes sampling repeatable: the same model, prompt, options and seed give the same tokens.
    ///
    /// @param seed any number; a new one a call unless set
    /// @return this builder
    public Builder seed(long seed) {
      return set(Option.SEED, OptionalLong.of(seed));
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
      return set(Option.STOP_TOKEN_IDS, Arrays.stream(ids).boxed().toList());
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

    private <T> Builder set(Option<T> option, T value) {
      values.put(option, option.checked(value));
      return this;
    }
  }
}
