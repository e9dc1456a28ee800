package dev.dbrx4j.engine;

import java.util.Arrays;

/// Token ids in a growing array.
final class TokenList {
  private int[] ids;
  private int size;

  TokenList(int... ids) {
    this.ids = ids.clone();
    this.size = ids.length;
  }

  int size() {
    return size;
  }

  int last() {
    return ids[size - 1];
  }

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, Math.max(16, size * 2));
    }
    ids[size++] = id;
  }

  int[] range(int from, int to) {
    return Arrays.copyOfRange(ids, from, to);
  }

  /// The length of the prefix that the first `limit` tokens here share with another list.
  int commonPrefix(TokenList other, int limit) {
    int end = Math.min(limit, other.size);
    int mismatch = Arrays.mismatch(ids, 0, end, other.ids, 0, end);
    return mismatch < 0 ? end : mismatch;
  }
}
