package dev.dbrx4j.tokenizer;

/// The encodings of the pieces of at most eight bytes met last, token or not: most pieces of most
/// texts, each found with one look at one place.
///
/// An entry is two longs: the bytes of the piece, and its ids as [PackedIds] with the number of
/// bytes above them. Each piece has one place, where the next one with that place replaces it. The
/// table begins small and doubles, empty again, when it has taken as many pieces as it has places:
/// a text of few words stays in the processor's nearest cache, and there is an end at
/// [#MAX_SLOT_BITS]. For one thread at a time.
final class ShortPieces {
  /// The longest piece kept, in bytes.
  static final int MAX_BYTES = Long.BYTES;

  private static final int MIN_SLOT_BITS = 10;
  private static final int MAX_SLOT_BITS = 15;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private long[] entries = new long[2 << MIN_SLOT_BITS];
  private int shift = Long.SIZE - MIN_SLOT_BITS;
  private int untilGrowth = 1 << MIN_SLOT_BITS;

  /// The ids of a piece of at most [#MAX_BYTES], or [PackedIds#NONE].
  long find(byte[] utf8, int from, int length) {
    long key = key(utf8, from, length);
    int place = place(key);
    long ids = entries[place + 1];
    return entries[place] == key && ids >>> PackedIds.BITS == length ? ids : PackedIds.NONE;
  }

  /// Keeps the ids from an index on as the encoding of a piece.
  void put(byte[] utf8, int from, int length, IdBuffer ids, int first) {
    long packed = PackedIds.of(ids, first, ids.size());
    if (packed == PackedIds.NONE) {
      return;
    }
    if (--untilGrowth < 0 && shift > Long.SIZE - MAX_SLOT_BITS) {
      shift--;
      entries = new long[2 * entries.length];
      untilGrowth = entries.length / 2;
    }
    long key = key(utf8, from, length);
    int place = place(key);
    entries[place] = key;
    entries[place + 1] = packed | ((long) length << PackedIds.BITS);
  }

  private int place(long key) {
    long mixed = key * MULTIPLIER;
    return (int) (((mixed ^ (mixed >>> 32)) * MULTIPLIER) >>> shift) << 1;
  }

  private static long key(byte[] utf8, int from, int length) {
    return Bytes.eight(utf8, from) & (-1L >>> (Long.SIZE - Byte.SIZE * length));
  }
}
