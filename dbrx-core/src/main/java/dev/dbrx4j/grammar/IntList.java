package dev.dbrx4j.grammar;

import java.util.Arrays;

/// Integers, without boxing.
final class IntList {
  private int[] values = new int[16];
  int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  int get(int index) {
    return values[index];
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
