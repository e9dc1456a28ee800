package dev.dbrx4j.tokenizer;

/// The encodings of the short pieces met last: a word that is rare enough not to be a token often
/// comes again soon.
///
/// An entry is four longs, half a cache line: the bytes of the piece and in the last one their
/// number, then three ids, then two and how many there are. Each piece has one place, where the
/// next one with that place replaces it, so the cache never grows and needs no upkeep. For one
/// thread at a time.
final class RecentPieces {
  /// The longest piece kept, in bytes.
  static final int MAX_BYTES = 15;

  private static final int MAX_IDS = 5;
  private static final int SLOT_BITS = 12;
  private static final int ENTRY = 4;
  private static final int ID_BITS = PairTable.ID_BITS;
  private static final int COUNT_SHIFT = 2 * ID_BITS;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final long[] entries = new long[ENTRY << SLOT_BITS];
  private long first;
  private long second;
  private int place;

  /// Appends the ids of a piece of at most [#MAX_BYTES] if they are known.
  boolean find(byte[] utf8, int from, int length, IdBuffer out) {
    select(utf8, from, length);
    if (entries[place] != first || entries[place + 1] != second) {
      return false;
    }
    long counted = entries[place + 3];
    out.addPacked(entries[place + 2], counted, (int) (counted >>> COUNT_SHIFT));
    return true;
  }

  /// Keeps the ids from an index on as the encoding of the piece that was last looked for.
  void put(IdBuffer ids, int from) {
    int count = ids.size() - from;
    if (count > MAX_IDS) {
      return;
    }
    entries[place] = first;
    entries[place + 1] = second;
    entries[place + 2] = packed(ids, from);
    entries[place + 3] = packed(ids, from + 3) | ((long) count << COUNT_SHIFT);
  }

  /// Three ids, as far as there are so many.
  private static long packed(IdBuffer ids, int from) {
    long packed = 0;
    for (int i = Math.min(from + 3, ids.size()) - 1; i >= from; i--) {
      packed = (packed << ID_BITS) | ids.get(i);
    }
    return packed;
  }

  private void select(byte[] utf8, int from, int length) {
    long eight = Bytes.eight(utf8, from);
    first = length >= Long.BYTES ? eight : eight & mask(length);
    second = (long) length << 56;
    if (length > Long.BYTES) {
      second |= Bytes.eight(utf8, from + Long.BYTES) & mask(length - Long.BYTES);
    }
    long mixed = (first ^ Long.rotateLeft(second, 21)) * MULTIPLIER;
    mixed = (mixed ^ (mixed >>> 29)) * MULTIPLIER;
    place = (int) (mixed >>> (Long.SIZE - SLOT_BITS)) * ENTRY;
  }

  private static long mask(int bytes) {
    return -1L >>> (Long.SIZE - Byte.SIZE * bytes);
  }
}
