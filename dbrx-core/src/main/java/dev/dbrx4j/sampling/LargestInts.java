package dev.dbrx4j.sampling;

import java.util.Arrays;

/// The n largest of many ints, as a heap with the least of them on top.
final class LargestInts {
  private int[] heap = {};
  private int size;

  /// Forgets everything and makes room for the `count` largest, which are least until offered.
  void reset(int count) {
    heap = heap.length < count ? new int[count] : heap;
    size = count;
    Arrays.fill(heap, 0, count, Integer.MIN_VALUE);
  }

  void offer(int value) {
    if (value > heap[0]) {
      sink(value);
    }
  }

  /// The least of the largest.
  int least() {
    return heap[0];
  }

  private void sink(int value) {
    int hole = 0;
    for (int child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && heap[child + 1] < heap[child]) {
        child++;
      }
      if (value <= heap[child]) {
        break;
      }
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = value;
  }
}
