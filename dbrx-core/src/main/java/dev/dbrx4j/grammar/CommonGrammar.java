package dev.dbrx4j.grammar;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/// What all grammars over one vocabulary share: the trie of its tokens, and the inside of a JSON
/// string with everything that is to know about it. Does not change once it is made, so that
/// grammars on different threads can use it.
final class CommonGrammar {
  private final TokenTrie trie;
  private final Expressions expressions;
  private final TokenSets sets;

  CommonGrammar(TokenTrie trie) {
    this.trie = trie;
    expressions = new Expressions(null, trie::count);
    Derivatives derivatives = new Derivatives(expressions);
    sets = new TokenSets(trie, derivatives, Optional.empty());
    explore(JsonText.restOfString(expressions), derivatives);
  }

  /// Finds all that follows, and its tokens.
  private void explore(Expression start, Derivatives derivatives) {
    Set<Expression> seen = new HashSet<>(Set.of(start));
    Queue<Expression> left = new ArrayDeque<>(seen);
    while (!left.isEmpty()) {
      Expression expression = left.remove();
      sets.of(expression);
      parts(expression).filter(seen::add).forEach(left::add);
      for (int value = 0; value < 256; value++) {
        Expression next = derivatives.next(expression, value);
        if (seen.add(next)) {
          left.add(next);
        }
      }
    }
  }

  private static java.util.stream.Stream<Expression> parts(Expression expression) {
    return switch (expression.form()) {
      case Form.Sequence(var head, var tail) -> java.util.stream.Stream.of(head, tail);
      case Form.Repeat repeat -> java.util.stream.Stream.of(repeat.element());
      default -> java.util.stream.Stream.of();
    };
  }

  TokenTrie trie() {
    return trie;
  }

  TokenSets sets() {
    return sets;
  }

  Expressions newExpressions() {
    return new Expressions(expressions, trie::count);
  }
}
