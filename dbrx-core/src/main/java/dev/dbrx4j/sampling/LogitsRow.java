package dev.dbrx4j.sampling;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.LogitsProcessor;
import dev.dbrx4j.grammar.TokenSet;

/// One row of logits, which steps read and change.
abstract sealed class LogitsRow implements LogitsProcessor.Scores permits WholeRow, LikeliestRow {
  /// Whether a token's logit is unknown. Such a token was no likelier at first than any that is
  /// known, so a step that makes tokens less likely may pass over it.
  abstract boolean lacks(int id);

  /// Makes a token impossible; ids beyond the vocabulary are ignored.
  @Override
  public abstract void forbid(int id);

  /// Forbids all tokens but some.
  abstract void keepOnly(int... ids);

  /// Forbids all tokens but a set and some others.
  abstract void keepOnly(TokenSet set, int... others);

  static InvalidModelException invalid(int id, float logit) {
    return new InvalidModelException(
        "the logit of token "
            + id
            + " is "
            + logit
            + ": the weights are damaged (verify the bundle), the precision is too low for this model,"
            + " the temperature is too near to 0, or a logits processor went wrong");
  }

  static InvalidRequestException allForbidden() {
    return new InvalidRequestException(
        "no token is left to pick: the options and logits processors together forbid all of them");
  }
}
