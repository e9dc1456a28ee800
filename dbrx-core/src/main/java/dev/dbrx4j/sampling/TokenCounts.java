package dev.dbrx4j.sampling;

import java.util.Arrays;

/// How often each of some tokens occurred: an open-addressing table from id to count, without
/// boxing, readable by place in the order of first occurrence.
final class TokenCounts {
  private int[] ids = new int[32];
  private int[] counts = new int[32];
  private int[] slots = new int[128];
  private int size;

  int size() {
    return size;
  }

  int id(int place) {
    return ids[place];
  }

  int count(int place) {
    return counts[place];
  }

  void add(int id) {
    int slot = slotOf(id);
    if (slots[slot] == 0) {
      if (size == ids.length) {
        grow();
        slot = slotOf(id);
      }
      ids[size] = id;
      counts[size++] = 0;
      slots[slot] = size;
    }
    counts[slots[slot] - 1]++;
  }

  /// The slot that holds a token's place plus one, or the free one where it belongs.
  private int slotOf(int id) {
    int mask = slots.length - 1;
    int slot = ((id * 0x9E3779B9) >>> 7) & mask;
    while (slots[slot] != 0 && ids[slots[slot] - 1] != id) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    ids = Arrays.copyOf(ids, 2 * size);
    counts = Arrays.copyOf(counts, 2 * size);
    slots = new int[8 * size];
    for (int place = 0; place < size; place++) {
      slots[slotOf(ids[place])] = place + 1;
    }
  }
}
