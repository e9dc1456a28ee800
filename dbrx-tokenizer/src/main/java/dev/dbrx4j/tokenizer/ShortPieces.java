package dev.dbrx4j.tokenizer;

/// The encodings of the pieces of at most eight bytes met last, token or not: most pieces of most
/// texts, each found with one look at one place.
///
/// A place has room for two, each two longs: the bytes of the piece, and its ids as [PackedIds]
/// with the number of bytes above them. A new piece comes first and the second one there leaves.
/// The table begins small and doubles, empty again, when it has taken as many pieces as it has room
/// for: the words of a short text stay in the processor's nearest cache, and there is an end at
/// [#MAX_SET_BITS]. For one thread at a time.
final class ShortPieces {
  /// The longest piece kept, in bytes.
  static final int MAX_BYTES = Long.BYTES;

  private static final int MIN_SET_BITS = 9;
  private static final int MAX_SET_BITS = 14;
  private static final int SET = 4;
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private long[] entries = new long[SET << MIN_SET_BITS];
  private int shift = Long.SIZE - MIN_SET_BITS;
  private int untilGrowth = 2 << MIN_SET_BITS;

  /// The ids of a piece of at most [#MAX_BYTES], or [PackedIds#NONE].
  long find(byte[] utf8, int from, int length) {
    long key = key(utf8, from, length);
    int set = set(key);
    boolean isFirst = entries[set] == key;
    long ids = isFirst ? entries[set + 1] : entries[set + 3];
    boolean known = isFirst || entries[set + 2] == key;
    return known && ids >>> PackedIds.BITS == length ? ids : PackedIds.NONE;
  }

  /// Keeps the ids from an index on as the encoding of a piece.
  void put(byte[] utf8, int from, int length, IdBuffer ids, int first) {
    long packed = PackedIds.of(ids, first, ids.size());
    if (packed == PackedIds.NONE) {
      return;
    }
    if (--untilGrowth < 0 && shift > Long.SIZE - MAX_SET_BITS) {
      shift--;
      entries = new long[2 * entries.length];
      untilGrowth = entries.length / 2;
    }
    long key = key(utf8, from, length);
    int set = set(key);
    entries[set + 2] = entries[set];
    entries[set + 3] = entries[set + 1];
    entries[set] = key;
    entries[set + 1] = packed | ((long) length << PackedIds.BITS);
  }

  private int set(long key) {
    return (int) ((key * MULTIPLIER) >>> shift) * SET;
  }

  private static long key(byte[] utf8, int from, int length) {
    return Bytes.eight(utf8, from) & (-1L >>> (Long.SIZE - Byte.SIZE * length));
  }
}
