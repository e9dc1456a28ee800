package dev.dbrx4j.grammar;

import dev.dbrx4j.InvalidRequestException;
import java.util.Optional;

/// A grammar, ready to say which tokens of one vocabulary may come next. For any number of threads;
/// what one has found the others find ready.
public final class TokenGrammar {
  private static final int MAX_SETS = 4_000;

  private final TokenTrie trie;
  private final Expressions expressions;
  private final Derivatives derivatives;
  private final TokenSets sets;
  private final Expression start;

  /// Compiles a grammar.
  TokenGrammar(CommonGrammar common, Grammar grammar) {
    trie = common.trie();
    expressions = common.newExpressions();
    derivatives = new Derivatives(expressions);
    sets = new TokenSets(trie, derivatives, Optional.of(common.sets()));
    start = grammar.compile(expressions);
    TokenSet _ = allowed(start); // finds out at once whether it is too much
  }

  /// {@return what a text begins with}
  public Expression start() {
    return start;
  }

  /// {@return the most tokens that the shortest text takes}
  public int shortest() {
    return start.shortest;
  }

  /// {@return what may follow a token}
  ///
  /// @param state what might come
  /// @param token what came; nothing may follow if it was not allowed
  public synchronized Expression next(Expression state, int token) {
    if (expressions.isFull() || sets.held() > MAX_SETS) {
      expressions.forget();
      sets.forget();
    }
    try {
      byte[] bytes = trie.bytes(token);
      Expression next = bytes.length == 0 ? Expression.NOTHING : state;
      for (int i = 0; i < bytes.length && next != Expression.NOTHING; i++) {
        next = derivatives.next(next, bytes[i] & 0xFF);
      }
      return next;
    } catch (GrammarTooLargeException e) {
      throw refused(e);
    }
  }

  /// {@return the tokens that may come next}
  ///
  /// @param state what might come
  public TokenSet allowed(Expression state) {
    return allowed(state, TokenSets.UNLIMITED);
  }

  /// {@return the tokens that may come next and after which a number of tokens is enough to
  /// complete the text}
  ///
  /// @param state what might come
  /// @param left tokens that may follow the next one
  public synchronized TokenSet allowed(Expression state, int left) {
    try {
      return sets.within(state, left);
    } catch (GrammarTooLargeException e) {
      throw refused(e);
    }
  }

  private static InvalidRequestException refused(GrammarTooLargeException cause) {
    return new InvalidRequestException("structured output: " + cause.what(), cause);
  }
}
