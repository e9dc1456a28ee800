package dev.dbrx4j.grammar;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds rules that begin by calling themselves, which would never come to a byte.
final class LeftRecursion {
  private final Map<Rule, Set<Rule>> firstCalls = new HashMap<>();

  /// {@return a rule that can be reached from an expression and begins by calling itself}
  static Optional<Rule> in(Collection<Expression> expressions) {
    LeftRecursion search = new LeftRecursion();
    Set<Rule> rules = new LinkedHashSet<>();
    for (Expression expression : expressions) {
      if (expression.form() instanceof Form.Call(var rule)) {
        rules.add(rule);
      }
    }
    return rules.stream().filter(search::reachesItself).findFirst();
  }

  private boolean reachesItself(Rule start) {
    Set<Rule> seen = new HashSet<>();
    Deque<Rule> left = new ArrayDeque<>(firstCalls(start));
    while (!left.isEmpty()) {
      Rule rule = left.pop();
      if (rule == start) {
        return true;
      }
      if (seen.add(rule)) {
        left.addAll(firstCalls(rule));
      }
    }
    return false;
  }

  private Set<Rule> firstCalls(Rule rule) {
    return firstCalls.computeIfAbsent(rule, LeftRecursion::found);
  }

  private static Set<Rule> found(Rule rule) {
    Set<Rule> calls = new HashSet<>();
    Set<Expression> seen = new HashSet<>();
    Deque<Expression> left = new ArrayDeque<>(Set.of(rule.body));
    while (!left.isEmpty()) {
      Expression expression = left.pop();
      if (expression.isRegular() || !seen.add(expression)) {
        continue;
      }
      switch (expression.form()) {
        case Form.Call(var called) -> calls.add(called);
        case Form.Alternatives(var of) -> left.addAll(of);
        case Form.Repeat repeat -> left.push(repeat.element());
        case Form.Sequence(var head, var tail) -> {
          left.push(head);
          if (head.accepts()) {
            left.push(tail);
          }
        }
        default -> {
          // begins with a byte
        }
      }
    }
    return calls;
  }
}
