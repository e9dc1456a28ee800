package dev.dbrx4j.tokenizer;

/// Up to three ids and how many there are, in the lower bits of a long.
final class PackedIds {
  /// No ids.
  static final long NONE = 0;

  static final int MAX_COUNT = 3;
  static final int ID_BITS = 19;
  static final int ID_MASK = (1 << ID_BITS) - 1;

  /// All the bits used.
  static final int BITS = MAX_COUNT * ID_BITS + 2;

  private PackedIds() {}

  /// The ids in `[from, to)` of a list, or [#NONE] if they do not fit.
  static long of(IdBuffer ids, int from, int to) {
    int count = to - from;
    if (count > MAX_COUNT) {
      return NONE;
    }
    long packed = (long) count << (MAX_COUNT * ID_BITS);
    for (int i = 0; i < count; i++) {
      int id = ids.get(from + i);
      if (id > ID_MASK) {
        return NONE;
      }
      packed |= (long) id << (i * ID_BITS);
    }
    return packed;
  }

  /// How many ids there are.
  static int count(long packed) {
    return (int) (packed >>> (MAX_COUNT * ID_BITS)) & 3;
  }
}
