package dev.dbrx4j;

import java.util.List;

/// How likely a continuation is.
///
/// @param tokens each of its tokens' log-probability after all before it
public record Score(List<TokenLogprobs> tokens) {
  /// Keeps a copy.
  public Score {
    tokens = List.copyOf(tokens);
  }

  /// {@return the natural logarithm of the continuation's probability}
  public double logprob() {
    return tokens.stream().mapToDouble(TokenLogprobs::logprob).sum();
  }

  /// {@return [#logprob()] divided by the number of tokens, to compare continuations of different
  /// lengths; 0 for none}
  public double logprobPerToken() {
    return tokens.isEmpty() ? 0 : logprob() / tokens.size();
  }
}
