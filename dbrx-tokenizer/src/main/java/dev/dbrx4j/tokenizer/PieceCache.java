package dev.dbrx4j.tokenizer;

/// As [RecentPieces], for pieces of more bytes, of which there are few.
final class PieceCache {
  /// The longest piece kept, in bytes.
  static final int MAX_BYTES = 23;

  private static final int MAX_IDS = 11;
  private static final int SLOT_BITS = 10;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
  private static final int KEY_LONGS = 3;
  private static final int VALUE_INTS = MAX_IDS + 1;

  /// For each place three longs: the bytes of the piece, zeros, and in the last byte their number.
  private final long[] keys = new long[KEY_LONGS << SLOT_BITS];

  /// For each place the number of ids, and the ids.
  private final int[] values = new int[VALUE_INTS << SLOT_BITS];

  private long first;
  private long second;
  private long third;
  private int slot;

  /// Appends the ids of a piece if they are known.
  boolean find(byte[] utf8, int from, int to, IdBuffer out) {
    select(utf8, from, to - from);
    int key = KEY_LONGS * slot;
    if (keys[key] != first || keys[key + 1] != second || keys[key + 2] != third) {
      return false;
    }
    int value = VALUE_INTS * slot;
    for (int i = 1; i <= values[value]; i++) {
      out.add(values[value + i]);
    }
    return true;
  }

  /// Keeps the ids from an index on as the encoding of the piece that was last looked for.
  void put(IdBuffer ids, int from) {
    int count = ids.size() - from;
    if (count > MAX_IDS) {
      return;
    }
    int key = KEY_LONGS * slot;
    keys[key] = first;
    keys[key + 1] = second;
    keys[key + 2] = third;
    int value = VALUE_INTS * slot;
    values[value] = count;
    for (int i = 0; i < count; i++) {
      values[value + 1 + i] = ids.get(from + i);
    }
  }

  private void select(byte[] utf8, int from, int length) {
    first = eight(utf8, from, length);
    second = length > 8 ? eight(utf8, from + 8, length - 8) : 0;
    third = (length > 16 ? eight(utf8, from + 16, length - 16) : 0) | (long) length << 56;
    long mixed = (first ^ Long.rotateLeft(second, 21) ^ Long.rotateLeft(third, 42)) * MULTIPLIER;
    slot = (int) (((mixed ^ (mixed >>> 29)) * MULTIPLIER) >>> (Long.SIZE - SLOT_BITS));
  }

  private static long eight(byte[] utf8, int from, int length) {
    long eight = Bytes.eight(utf8, from);
    return length >= 8 ? eight : eight & (-1L >>> (Long.SIZE - Byte.SIZE * length));
  }
}
