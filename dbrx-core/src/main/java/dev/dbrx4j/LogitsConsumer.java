package dev.dbrx4j;

/// Takes raw logits, position by position.
@FunctionalInterface
public interface LogitsConsumer {
  /// Takes the scores of the token after one position.
  ///
  /// @param position index of the last token that the scores depend on
  /// @param logits a score for each id of the vocabulary, padding included; the consumer's to keep
  void accept(int position, float[] logits);
}
