package dev.dbrx4j;

/// Why a generation ended.
public enum FinishReason {
  /// The model produced an end-of-sequence token.
  EOS,
  /// A stop string or stop token came out, or the structured output is complete.
  STOP,
  /// The number of new tokens asked for was reached.
  LENGTH,
  /// The context is full.
  CONTEXT,
  /// The caller ended it.
  CANCELLED,
  /// The time allowed was over.
  DEADLINE
}
