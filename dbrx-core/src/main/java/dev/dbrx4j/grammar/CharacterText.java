package dev.dbrx4j.grammar;

/// How a character is written.
@FunctionalInterface
interface CharacterText {
  /// One character of a set.
  Expression oneOf(CodePoints set);
}
