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
      reserve(1);
    }
    ids[size++] = id;
  }

  /// Appends [PackedIds]. Writes as many as there may be, since asking for each whether it is there
  /// takes longer.
  void addPacked(long packed) {
    reserve(PackedIds.MAX_COUNT);
    ids[size] = (int) packed & PackedIds.ID_MASK;
    ids[size + 1] = (int) (packed >>> PackedIds.ID_BITS) & PackedIds.ID_MASK;
    ids[size + 2] = (int) (packed >>> (2 * PackedIds.ID_BITS)) & PackedIds.ID_MASK;
    size += PackedIds.count(packed);
  }

  /// Appends the other's ids from an index on.
  void addAll(IdBuffer other, int from) {
    int count = other.size - from;
    reserve(count);
    System.arraycopy(other.ids, from, ids, size, count);
    size += count;
  }

  /// Makes room for so many more.
  void reserve(int more) {
    if (ids.length - size < more) {
      ids = Arrays.copyOf(ids, Math.max(size + more, size + size / 2));
    }
  }

  void truncate(int newSize) {
    size = newSize;
  }

  void copyTo(int[] target, int offset, int count) {
    System.arraycopy(ids, 0, target, offset, count);
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }

  int capacity() {
    return ids.length;
  }
}
