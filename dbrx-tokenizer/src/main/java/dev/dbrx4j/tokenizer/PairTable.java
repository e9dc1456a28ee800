package dev.dbrx4j.tokenizer;

/// What each pair of neighbouring tokens merges to: an open-addressed table with one long an entry,
/// which holds left, right and merged id in 21 bits each.
final class PairTable {
  /// No such pair. Larger than every id, since the smallest merge comes first.
  static final int NONE = Integer.MAX_VALUE;

  /// The number of ids that fit.
  static final int MAX_IDS = 1 << 21;

  private static final int ID_BITS = 21;
  private static final int ID_MASK = MAX_IDS - 1;

  private final long[] entries;
  private final int shift;

  PairTable(int pairs) {
    int bits = 34 - Integer.numberOfLeadingZeros(Math.max(1, pairs));
    this.entries = new long[1 << bits];
    this.shift = Long.SIZE - bits;
  }

  void put(int left, int right, int merged) {
    long key = key(left, right);
    int slot = slot(key);
    while (entries[slot] != 0) {
      slot = (slot + 1) & (entries.length - 1);
    }
    entries[slot] = key << ID_BITS | merged;
  }

  /// The merged id, or [#NONE].
  int merged(int left, int right) {
    long key = key(left, right);
    for (int slot = slot(key); ; slot = (slot + 1) & (entries.length - 1)) {
      long entry = entries[slot];
      if (entry >>> ID_BITS == key) {
        return entry == 0 ? NONE : (int) entry & ID_MASK;
      }
      if (entry == 0) {
        return NONE;
      }
    }
  }

  private static long key(int left, int right) {
    return (long) left << ID_BITS | right;
  }

  private int slot(long key) {
    return (int) ((key * 0x9E3779B97F4A7C15L) >>> shift);
  }
}
