package dev.dbrx4j.sampling;

import dev.dbrx4j.grammar.Expression;
import dev.dbrx4j.grammar.TokenGrammar;
import dev.dbrx4j.grammar.TokenSet;

/// What a sequence's text must be.
///
/// @param grammar the texts there may be
/// @param closes whether to leave enough room to complete the text
/// @param maxNewTokens tokens that may be generated
public record Constraint(TokenGrammar grammar, boolean closes, int maxNewTokens) {
  private static final int[] NONE = {};

  /// The step that forbids all tokens from which no such text can come. It has the last word, so
  /// that no other option can break the text.
  LogitsStep step(int... eosIds) {
    return (history, row) -> {
      Expression state = history.state(grammar);
      row.keepOnly(allowed(state, history), state.accepts() ? eosIds : NONE);
    };
  }

  private TokenSet allowed(Expression state, TokenHistory history) {
    return allowed(state, tokensLeft(history) - 1);
  }

  private TokenSet allowed(Expression state, int left) {
    return closes ? grammar.allowed(state, Math.max(0, left)) : grammar.allowed(state);
  }

  private int tokensLeft(TokenHistory history) {
    return history.promptSize() + maxNewTokens - history.size();
  }

  /// Whether the text is complete, and nothing can follow that would be completed in time.
  boolean isComplete(TokenHistory history) {
    return isComplete(history.state(grammar), tokensLeft(history));
  }

  /// Whether a token completes the text.
  boolean isCompletedBy(TokenHistory history, int token) {
    return isComplete(grammar.next(history.state(grammar), token), tokensLeft(history) - 1);
  }

  private boolean isComplete(Expression state, int left) {
    return state.isComplete() || (state.accepts() && allowed(state, left - 1).isEmpty());
  }
}
