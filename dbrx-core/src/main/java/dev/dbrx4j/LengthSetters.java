package dev.dbrx4j;

import dev.dbrx4j.GenerationOptions.LengthDecay;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The part of [GenerationOptions.Builder] that says how long a text gets and what ends it.
///
/// @param <B> the builder
abstract class LengthSetters<B> extends OptionSetters<B> {
  LengthSetters(Map<Option<?>, Object> values) {
    super(values);
  }

  /// Ends generation after so many tokens.
  ///
  /// @param tokens 1 or more; 256 unless set
  /// @return this builder
  public B maxNewTokens(int tokens) {
    return set(Option.MAX_NEW_TOKENS, tokens);
  }

  /// Forbids end-of-sequence tokens until so many tokens are out.
  ///
  /// @param tokens 0 or more; 0 unless set
  /// @return this builder
  public B minNewTokens(int tokens) {
    return set(Option.MIN_NEW_TOKENS, tokens);
  }

  /// Makes one of these tokens the last when `maxNewTokens` is reached.
  ///
  /// @param ids tokens of the vocabulary
  /// @return this builder
  public B forcedEosTokenIds(int... ids) {
    return set(Option.FORCED_EOS_TOKEN_IDS, list(ids));
  }

  /// Favours end-of-sequence tokens more and more: after `start` tokens adds `|logit| *
  /// (factor^(tokens - start) - 1)` to their logits.
  ///
  /// @param start tokens generated before it begins, 0 or more
  /// @param factor 1 or more; 1 unless set
  /// @return this builder
  public B exponentialDecayLengthPenalty(int start, double factor) {
    return set(Option.LENGTH_DECAY, new LengthDecay(start, factor));
  }

  /// Ends generation when one of these strings comes out, also across token borders; the string is
  /// not part of the text.
  ///
  /// @param strings one character or more each
  /// @return this builder
  public B stop(String... strings) {
    return set(Option.STOP, List.of(strings));
  }

  /// Ends generation when one of these tokens comes out, as an end-of-sequence token does.
  ///
  /// @param ids tokens of the vocabulary
  /// @return this builder
  public B stopTokenIds(int... ids) {
    return set(Option.STOP_TOKEN_IDS, list(ids));
  }

  /// Goes on after an end-of-sequence token, for benchmarks.
  ///
  /// @param ignore true to go on; false unless set
  /// @return this builder
  public B ignoreEos(boolean ignore) {
    return set(Option.IGNORE_EOS, ignore);
  }

  /// Ends generation when a time is over, counted from submission: it covers waiting for a slot,
  /// prefill and decode. The result then has what came out, and [FinishReason#DEADLINE].
  ///
  /// @param time more than 0; unbounded unless set
  /// @return this builder
  public B timeout(Duration time) {
    return set(Option.TIMEOUT, Optional.of(time));
  }
}
