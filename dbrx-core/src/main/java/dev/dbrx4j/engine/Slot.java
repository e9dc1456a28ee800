package dev.dbrx4j.engine;

import org.jspecify.annotations.Nullable;

/// One row of the KV cache: which tokens it holds, and which sequence runs on it. What a finished
/// sequence leaves behind stays until the slot is taken, for prompts that begin the same way.
final class Slot {
  private final int index;
  private TokenList tokens = new TokenList();
  private int filled;
  private @Nullable Sequence sequence;
  private long lastUse;

  Slot(int index) {
    this.index = index;
  }

  int index() {
    return index;
  }

  /// Tokens whose keys and values are in the cache: the first of the list.
  int filled() {
    return filled;
  }

  @Nullable Sequence sequence() {
    return sequence;
  }

  boolean isFree() {
    return sequence == null;
  }

  /// When the slot was last taken or released, in arbitrary rising units.
  long lastUse() {
    return lastUse;
  }

  /// How many of the cached tokens a prompt begins with.
  int sharedPrefix(TokenList prompt) {
    return tokens.commonPrefix(prompt, filled);
  }

  void take(Sequence owner, int reusedTokens, long use) {
    sequence = owner;
    assign(owner.tokens(), reusedTokens, use);
  }

  /// From now on holds the first of these tokens.
  void assign(TokenList list, int held, long use) {
    tokens = list;
    filled = held;
    lastUse = use;
  }

  void release(long use) {
    sequence = null;
    lastUse = use;
  }

  /// The cache now holds more of the list's tokens.
  void stored(int count) {
    filled += count;
  }

  /// The cache's contents are not to be trusted.
  void forget() {
    filled = 0;
  }
}
