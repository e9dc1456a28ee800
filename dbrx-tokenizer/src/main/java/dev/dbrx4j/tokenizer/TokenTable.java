package dev.dbrx4j.tokenizer;

import java.io.IOException;

/// From the bytes of a token to its id.
///
/// Most tokens are short, so those of up to eight bytes are their own keys: bytes packed into a
/// long, beside it length and id, on one cache line. Longer ones are found by a hash and compared
/// with the vocabulary's bytes.
final class TokenTable {
  /// No such token.
  static final int NONE = -1;

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final byte[] bytes;
  private final int[] starts;
  private final long[] shortEntries;
  private final int shortShift;
  private final long[] longEntries;
  private final int longShift;

  /// An empty table of a vocabulary: token i is `bytes[starts[i], starts[i + 1])`.
  TokenTable(byte[] bytes, int[] starts, int tokens) {
    this.bytes = bytes;
    this.starts = starts;
    int shortTokens = 0;
    for (int i = 0; i < tokens; i++) {
      shortTokens += isShort(i) ? 1 : 0;
    }
    int shortBits = bits(shortTokens);
    int longBits = bits(tokens - shortTokens);
    this.shortEntries = new long[2 << shortBits];
    this.shortShift = Long.SIZE - shortBits;
    this.longEntries = new long[1 << longBits];
    this.longShift = Long.SIZE - longBits;
  }

  TokenTable(byte[] bytes, int[] starts, TableReader in) {
    this.bytes = bytes;
    this.starts = starts;
    this.shortEntries = in.longs();
    this.shortShift = Long.numberOfLeadingZeros(shortEntries.length) + 2;
    this.longEntries = in.longs();
    this.longShift = Long.numberOfLeadingZeros(longEntries.length) + 1;
  }

  /// Writes what [#TokenTable(byte[], int[], TableReader)] reads.
  void writeTo(TableWriter out) throws IOException {
    out.write(shortEntries);
    out.write(longEntries);
  }

  private boolean isShort(int id) {
    return starts[id + 1] - starts[id] <= Long.BYTES;
  }

  private static int bits(int entries) {
    return 32 - Integer.numberOfLeadingZeros(Math.max(1, entries + entries / 2));
  }

  void put(int id) {
    int from = starts[id];
    int length = starts[id + 1] - from;
    if (length <= Long.BYTES) {
      putShort(id, packed(bytes, from, length), length);
    } else {
      putLong(id, hash(bytes, from, length));
    }
  }

  private void putShort(int id, long key, int length) {
    int slot = (int) ((key * MULTIPLIER) >>> shortShift) << 1;
    while (shortEntries[slot + 1] != 0) {
      slot = (slot + 2) & (shortEntries.length - 1);
    }
    shortEntries[slot] = key;
    shortEntries[slot + 1] = (long) length << Integer.SIZE | id;
  }

  /// Entries of long tokens: 32 bits of the hash, 32 bits of the id plus one.
  private void putLong(int id, long hash) {
    int slot = (int) (hash >>> longShift);
    while (longEntries[slot] != 0) {
      slot = (slot + 1) & (longEntries.length - 1);
    }
    longEntries[slot] = hash << Integer.SIZE | (id + 1);
  }

  /// The id of the token with these bytes, or [#NONE]. Eight bytes from `from` must be readable.
  int find(byte[] utf8, int from, int to) {
    int length = to - from;
    return length <= Long.BYTES
        ? findShort(packed(utf8, from, length), length)
        : findLong(utf8, from, length);
  }

  private int findShort(long key, int length) {
    int slot = (int) ((key * MULTIPLIER) >>> shortShift) << 1;
    while (true) {
      long entry = shortEntries[slot + 1];
      if (shortEntries[slot] == key && entry >>> Integer.SIZE == length) {
        return (int) entry;
      }
      if (entry == 0) {
        return NONE;
      }
      slot = (slot + 2) & (shortEntries.length - 1);
    }
  }

  private int findLong(byte[] utf8, int from, int length) {
    long hash = hash(utf8, from, length);
    int slot = (int) (hash >>> longShift);
    while (true) {
      long entry = longEntries[slot];
      int id = (int) entry - 1;
      if (id < 0) {
        return NONE;
      }
      if (entry >>> Integer.SIZE == (hash & 0xFFFFFFFFL) && isToken(id, utf8, from, length)) {
        return id;
      }
      slot = (slot + 1) & (longEntries.length - 1);
    }
  }

  private boolean isToken(int id, byte[] utf8, int from, int length) {
    int start = starts[id];
    if (starts[id + 1] - start != length) {
      return false;
    }
    int last = length - Long.BYTES;
    for (int i = 0; i < last; i += Long.BYTES) {
      if (Bytes.eight(bytes, start + i) != Bytes.eight(utf8, from + i)) {
        return false;
      }
    }
    return Bytes.eight(bytes, start + last) == Bytes.eight(utf8, from + last);
  }

  /// Up to eight bytes as a long, zeros after them.
  private static long packed(byte[] from, int offset, int length) {
    return Bytes.eight(from, offset) & (-1L >>> (Long.SIZE - Byte.SIZE * length));
  }

  /// A hash of nine bytes or more: their length, their first eight and their last eight.
  private static long hash(byte[] from, int offset, int length) {
    long first = Bytes.eight(from, offset);
    long last = Bytes.eight(from, offset + length - Long.BYTES);
    return hash(first, last, length);
  }

  private static long hash(long first, long last, int length) {
    long mixed = (first ^ (Long.rotateLeft(last, 29) + length)) * MULTIPLIER;
    return (mixed ^ (mixed >>> 32)) * MULTIPLIER;
  }
}
