package dev.dbrx4j.tokenizer;

/// As [ShortPieces], for pieces of more bytes or more ids. An entry is eight longs, a cache line:
/// the bytes of the piece and in the last one their number, then five [PackedIds].
final class LongPieces {
  /// The longest piece kept, in bytes.
  static final int MAX_BYTES = 23;

  private static final int MIN_SLOT_BITS = 9;
  private static final int MAX_SLOT_BITS = 15;
  private static final int ENTRY = 8;
  private static final int KEY = 3;
  private static final int MAX_IDS = (ENTRY - KEY) * PackedIds.MAX_COUNT;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private long[] entries = new long[ENTRY << MIN_SLOT_BITS];
  private int shift = Long.SIZE - MIN_SLOT_BITS;
  private int untilGrowth = 1 << MIN_SLOT_BITS;

  /// Where the piece that was last looked for belongs, and its key.
  private int place;

  private long first;
  private long second;
  private long third;

  /// Appends the ids of a piece of at most [#MAX_BYTES] if they are known.
  boolean find(byte[] utf8, int from, int length, IdBuffer out) {
    select(utf8, from, length);
    if (entries[place] != first || entries[place + 1] != second || entries[place + 2] != third) {
      return false;
    }
    int at = place + KEY;
    long packed = entries[at];
    out.addPacked(packed);
    while (PackedIds.count(packed) == PackedIds.MAX_COUNT && ++at < place + ENTRY) {
      packed = entries[at];
      out.addPacked(packed);
    }
    return true;
  }

  /// Keeps the ids from an index on as the encoding of the piece that was last looked for.
  void put(IdBuffer ids, int from) {
    if (ids.size() - from > MAX_IDS || PackedIds.of(ids, from, from + 1) == PackedIds.NONE) {
      return;
    }
    if (--untilGrowth < 0 && shift > Long.SIZE - MAX_SLOT_BITS) {
      shift--;
      entries = new long[2 * entries.length];
      untilGrowth = entries.length / ENTRY;
      place = place();
    }
    entries[place] = first;
    entries[place + 1] = second;
    entries[place + 2] = third;
    for (int at = place + KEY, i = from; at < place + ENTRY; at++, i += PackedIds.MAX_COUNT) {
      entries[at] =
          PackedIds.of(ids, Math.min(i, ids.size()), Math.min(i + PackedIds.MAX_COUNT, ids.size()));
    }
  }

  private void select(byte[] utf8, int from, int length) {
    first = Bytes.eight(utf8, from);
    long next = Bytes.eight(utf8, from + 8);
    if (length <= 8) {
      first &= mask(length);
      second = 0;
      third = (long) length << 56;
    } else if (length <= 16) {
      second = next & mask(length - 8);
      third = (long) length << 56;
    } else {
      second = next;
      third = (Bytes.eight(utf8, from + 16) & mask(length - 16)) | ((long) length << 56);
    }
    place = place();
  }

  private int place() {
    long mixed = (first ^ Long.rotateLeft(second, 21) ^ Long.rotateLeft(third, 42)) * MULTIPLIER;
    return (int) (((mixed ^ (mixed >>> 29)) * MULTIPLIER) >>> shift) * ENTRY;
  }

  private static long mask(int bytes) {
    return -1L >>> (Long.SIZE - Byte.SIZE * bytes);
  }
}
