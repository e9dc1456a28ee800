package dev.dbrx4j;

/// Changes the scores of the next token before it is picked: forbids tokens, favours others. The
/// built-in steps (penalties, bans, biases) are processors too; a user's own run after them and
/// before temperature and sampling filters, as in Hugging Face's `generate()`.
///
/// A processor is called once a token, on the engine's thread: it must be quick and must not keep
/// its arguments. It sees all state in them, so one instance can serve many sequences. This one
/// forbids a token until ten others have come out:
///
/// ```java
/// LogitsProcessor notYet = (tokens, scores) -> {
///   if (tokens.size() - tokens.promptSize() < 10) {
///     scores.forbid(198);
///   }
/// };
/// ```
@FunctionalInterface
public interface LogitsProcessor {
  /// Changes the scores in place.
  ///
  /// @param tokens what came so far, the prompt included
  /// @param scores one score a token of the vocabulary
  void process(Tokens tokens, Scores scores);

  /// The tokens of a sequence so far: the prompt, then what was generated.
  interface Tokens {
    /// {@return tokens so far, the prompt included}
    int size();

    /// {@return tokens of the prompt, which come first}
    int promptSize();

    /// {@return one token's id}
    ///
    /// @param index its place, from 0 to `size() - 1`
    int get(int index);
  }

  /// Scores of the next token, `[vocabSize]` logits.
  interface Scores {
    /// {@return the vocabulary's size, padding included}
    int size();

    /// {@return a token's logit; negative infinity for a forbidden one}
    ///
    /// @param id the token, from 0 to `size() - 1`
    float get(int id);

    /// Replaces a token's logit.
    ///
    /// @param id the token, from 0 to `size() - 1`
    /// @param logit the new value, negative infinity to forbid the token; never NaN
    void set(int id, float logit);

    /// Makes a token impossible.
    ///
    /// @param id the token, from 0 to `size() - 1`
    default void forbid(int id) {
      set(id, Float.NEGATIVE_INFINITY);
    }
  }
}
