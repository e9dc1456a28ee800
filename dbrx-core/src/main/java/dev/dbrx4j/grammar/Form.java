package dev.dbrx4j.grammar;

import java.util.List;

/// What an [Expression] is made of. Parts are compared by identity, which is equality because
/// [Expressions] makes every expression once.
sealed interface Form {
  /// Nothing matches.
  record Nothing() implements Form {}

  /// The empty text.
  record Empty() implements Form {}

  /// One byte of a set.
  record Bytes(ByteSet set) implements Form {}

  /// One of the words in a part of a dictionary, without the first `depth` bytes that they share,
  /// and then what follows the word. Of these only words whose rank is in `first..last`.
  record Words(Dictionary dictionary, int from, int to, int depth, int first, int last)
      implements Form {}

  /// One after the other.
  record Sequence(Expression head, Expression tail) implements Form {}

  /// Any of several, at least two.
  record Alternatives(List<Expression> of) implements Form {}

  /// The same between `min` and `max` times.
  record Repeat(Expression element, int min, int max) implements Form {}

  /// Both at once; neither calls a rule.
  record Both(Expression left, Expression right) implements Form {}

  /// Digits that make a number a multiple, given the remainder of the digits before.
  record Multiple(Modulus modulus, int remainder) implements Form {}

  /// What a rule says, which may call itself.
  record Call(Rule rule) implements Form {}
}
