package dev.dbrx4j.sampling;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Narrows a row of logits down to few columns that surely hold the k largest.
///
/// The row is seen as a table of 64 lines. Each of the k columns with the greatest maxima holds a
/// logit at least as large as the least of these maxima, so the k-th largest logit is no smaller
/// than that bound, and columns whose maximum is below it can be left unread. One vectorised pass
/// over the row finds the maxima; what follows touches a few thousand entries.
final class ColumnMaxima {
  static final int LINES = 64;

  final int width;
  final int[] columns;
  int count;
  float bound;
  private final int size;
  private final int[] maxima;
  private final LargestInts largest = new LargestInts();

  ColumnMaxima(int size) {
    this.size = size;
    width = Math.ceilDiv(size, LINES);
    maxima = new int[width];
    columns = new int[width];
  }

  /// Finds the columns whose maximum, divided by the temperature, reaches [#bound].
  void find(MemorySegment row, int k, float temperature) {
    Arrays.fill(maxima, Integer.MIN_VALUE);
    for (int start = 0; start < size; start += width) {
      int length = Math.min(width, size - start);
      raise(maxima, row.asSlice(4L * start, 4L * length), length);
    }
    largest.reset(k);
    for (int key : maxima) {
      largest.offer(key);
    }
    bound = FloatOrder.value(largest.least()) / temperature;
    count = 0;
    for (int column = 0; column < width; column++) {
      if (!(FloatOrder.value(maxima[column]) / temperature < bound)) {
        columns[count++] = column;
      }
    }
  }

  private static void raise(int[] maxima, MemorySegment line, int length) {
    for (int i = 0; i < length; i++) {
      maxima[i] = Math.max(maxima[i], FloatOrder.key(line.getAtIndex(JAVA_INT, i)));
    }
  }
}
