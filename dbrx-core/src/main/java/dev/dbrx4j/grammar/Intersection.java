package dev.dbrx4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/// Finds what is left of two expressions that must both match. That each can still be completed
/// does not mean that both can at once, so all states that follow are visited.
final class Intersection {
  /// Stands for the shortest text of a state that was not looked at yet.
  static final int UNSOLVED = Expression.NEVER + 1;

  private static final int MAX_STATES = 30_000;

  private final Expressions expressions;
  private final Derivatives derivatives;

  Intersection(Expressions expressions) {
    this.expressions = expressions;
    derivatives = new Derivatives(expressions);
  }

  /// The expression, or nothing if no text matches both its parts.
  Expression solved(Expression both) {
    if (both.shortest == UNSOLVED) {
      solve(both);
    }
    return both.shortest == Expression.NEVER ? Expression.NOTHING : both;
  }

  private void solve(Expression start) {
    Map<Expression, List<Expression>> before = new HashMap<>();
    List<Expression> states = new ArrayList<>(List.of(start));
    before.put(start, new ArrayList<>());
    for (int i = 0; i < states.size(); i++) {
      if (states.get(i).form() instanceof Form.Both both) {
        visit(states.get(i), both, states, before);
      }
      if (states.size() > MAX_STATES) {
        throw new GrammarTooLargeException(
            "what must hold at once has more than " + MAX_STATES + " states");
      }
    }
    measure(states, before);
  }

  private void visit(
      Expression state,
      Form.Both both,
      List<Expression> states,
      Map<Expression, List<Expression>> before) {
    Expression last = Expression.NOTHING;
    for (int value = 0; value < 256; value++) {
      Expression next = after(both, value);
      if (next != last && next != Expression.NOTHING) {
        if (!before.containsKey(next)) {
          states.add(next);
          before.put(next, new ArrayList<>());
        }
        before.get(next).add(state);
      }
      last = next;
    }
  }

  private Expression after(Form.Both both, int value) {
    Expression left = derivatives.next(both.left(), value);
    return left == Expression.NOTHING
        ? left
        : expressions.unsolvedBoth(left, derivatives.next(both.right(), value));
  }

  /// Shortest paths, backwards from the states where a text may end or whose rest is known.
  private static void measure(List<Expression> states, Map<Expression, List<Expression>> before) {
    Queue<Expression> shortened = new ArrayDeque<>();
    for (Expression state : states) {
      if (state.shortest == UNSOLVED && state.form() instanceof Form.Both(var left, var right)) {
        state.shortest = left.accepts() && right.accepts() ? 0 : Expression.NEVER;
      }
      if (state.shortest < Expression.NEVER) {
        shortened.add(state);
      }
    }
    while (!shortened.isEmpty()) {
      Expression state = shortened.remove();
      for (Expression earlier : before.getOrDefault(state, List.of())) {
        if (earlier.shortest > state.shortest + 1) {
          earlier.shortest = state.shortest + 1;
          shortened.add(earlier);
        }
      }
    }
  }
}
