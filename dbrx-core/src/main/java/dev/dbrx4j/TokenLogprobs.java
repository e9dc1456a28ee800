package dev.dbrx4j;

import java.util.List;

/// How likely a token was at its place, and which tokens were the likeliest there. Natural
/// logarithms of the model's own probabilities: before logits processors, temperature and filters.
///
/// @param token the token at this place
/// @param logprob the logarithm of its probability
/// @param rank its place among all tokens, 1 for the likeliest
/// @param top the likeliest tokens in descending order, as many as were asked for
public record TokenLogprobs(int token, double logprob, int rank, List<TokenLogprob> top) {
  /// One token and the logarithm of its probability.
  ///
  /// @param token the token
  /// @param logprob the logarithm of its probability
  public record TokenLogprob(int token, double logprob) {}
}
