package dev.dbrx4j.tokenizer;

import java.io.IOException;
import java.util.Arrays;

/// What each pair of neighbouring tokens merges to: an open-addressed table with one long an entry,
/// which holds left, right and merged id in 21 bits each. Most pairs that encoding asks for merge
/// to nothing; a filter small enough for a near cache says so for nine of ten of them. Pairs of
/// single bytes, with which every merging begins, have a table that needs no search.
final class PairTable {
  /// No such pair. Larger than every id, since the smallest merge comes first.
  static final int NONE = 1 << PairTable.ID_BITS;

  /// The number of ids that fit.
  static final int MAX_IDS = (1 << 21) - 1;

  static final int ID_BITS = 21;
  private static final int ID_MASK = MAX_IDS;
  private static final int FILTER_BITS = 14;

  private final long[] entries;
  private final int shift;
  private final long[] filter;
  private final int[] ofBytes;

  PairTable(int pairs) {
    int bits = 33 - Integer.numberOfLeadingZeros(Math.max(1, pairs));
    this.entries = new long[1 << bits];
    this.shift = Long.SIZE - bits;
    this.filter = new long[1 << FILTER_BITS];
    this.ofBytes = new int[Merges.BYTES * Merges.BYTES];
    Arrays.fill(ofBytes, NONE);
  }

  PairTable(TableReader in) {
    this.entries = in.longs();
    this.shift = Long.numberOfLeadingZeros(entries.length) + 1;
    this.filter = in.longs();
    this.ofBytes = in.ints();
  }

  /// Writes what [#PairTable(TableReader)] reads.
  void writeTo(TableWriter out) throws IOException {
    out.write(entries);
    out.write(filter);
    out.write(ofBytes);
  }

  void put(int left, int right, int merged) {
    long key = key(left, right);
    long hash = hash(key);
    int slot = (int) (hash >>> shift);
    while (entries[slot] != 0) {
      slot = (slot + 1) & (entries.length - 1);
    }
    entries[slot] = key << ID_BITS | merged;
    filter[filterIndex(hash)] |= filterBits(hash);
    if (left < Merges.BYTES && right < Merges.BYTES) {
      ofBytes[left * Merges.BYTES + right] = merged;
    }
  }

  /// As [#merged], for the tokens of single bytes, which are the first 256.
  int mergedBytes(int left, int right) {
    return ofBytes[left * Merges.BYTES + right];
  }

  /// The merged id, or [#NONE].
  int merged(int left, int right) {
    long key = key(left, right);
    long hash = hash(key);
    return (~filter[filterIndex(hash)] & filterBits(hash)) != 0 ? NONE : find(key, hash);
  }

  private int find(long key, long hash) {
    int slot = (int) (hash >>> shift);
    while (entries[slot] != 0) {
      if (entries[slot] >>> ID_BITS == key) {
        return (int) entries[slot] & ID_MASK;
      }
      slot = (slot + 1) & (entries.length - 1);
    }
    return NONE;
  }

  private static long key(int left, int right) {
    return (long) left << ID_BITS | right;
  }

  private static long hash(long key) {
    return key * 0x9E3779B97F4A7C15L;
  }

  private static int filterIndex(long hash) {
    return (int) (hash >>> (Long.SIZE - FILTER_BITS));
  }

  /// Two bits of the same long: one look, and a third as many pairs that only seem to be there.
  private static long filterBits(long hash) {
    return 1L << (hash >>> (Long.SIZE - FILTER_BITS - 6))
        | 1L << (hash >>> (Long.SIZE - FILTER_BITS - 12));
  }
}
