package dev.dbrx4j.grammar;

/// Something that says which texts there may be.
@FunctionalInterface
interface Grammar {
  /// Makes one expression of it.
  ///
  /// @throws dev.dbrx4j.InvalidRequestException if it is malformed, or no text matches
  Expression compile(Expressions expressions);
}
