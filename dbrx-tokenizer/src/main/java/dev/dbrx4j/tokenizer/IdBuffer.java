package dev.dbrx4j.tokenizer;

import java.util.Arrays;

/// A growing list of token ids.
final class IdBuffer {
  private int[] ids;
  private int size;

  IdBuffer(int capacity) {
    this.ids = new int[capacity];
  }

  int size() {
    return size;
  }

  int get(int index) {
    return ids[index];
  }

  int last() {
    return ids[size - 1];
  }

  void add(int id) {
    if (size == ids.length) {
      grow(1);
    }
    ids[size++] = id;
  }

  /// Appends the other's ids from an index on.
  void addAll(IdBuffer other, int from) {
    int count = other.size - from;
    if (ids.length - size < count) {
      grow(count);
    }
    System.arraycopy(other.ids, from, ids, size, count);
    size += count;
  }

  void truncate(int newSize) {
    size = newSize;
  }

  /// Copies as many of the last ids as fit before an index of the target.
  void copyTo(int[] target, int offset, int count) {
    System.arraycopy(ids, 0, target, offset, count);
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }

  int capacity() {
    return ids.length;
  }

  private void grow(int more) {
    ids = Arrays.copyOf(ids, Math.max(size + more, size + (size >> 1)));
  }
}
