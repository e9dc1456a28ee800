package dev.dbrx4j.spi;

/// Positions of a prefill chunk whose logits are wanted.
public enum LogitsRows {
  /// None: more of the prompt follows.
  NONE,
  /// The last token's.
  LAST,
  /// Every token's.
  ALL
}
