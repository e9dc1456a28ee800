package dev.dbrx4j.grammar;

/// A named part of a grammar, so that it can refer to itself.
final class Rule {
  final String name;

  /// Set once, when the parts that may call it exist.
  Expression body = Expression.NOTHING;

  Rule(String name) {
    this.name = name;
  }
}
