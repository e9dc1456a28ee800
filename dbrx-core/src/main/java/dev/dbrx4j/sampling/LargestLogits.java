package dev.dbrx4j.sampling;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Finds the largest logits of a row without sorting and almost without reading a logit twice.
///
/// The row is seen as a table of 32 lines, the last of which begins early enough to be full. One
/// vectorised pass finds the columns' maxima. If k columns have a maximum above a bound, so have at
/// least k logits, less those that the last lines hold twice; the bound is found by bisection,
/// counting maxima in vectorised passes. Only the few columns above it are read again.
final class LargestLogits {
  private static final int LINES = 32;

  int[] ids = {};
  int count;
  private final int size;
  private final int width;

  /// Places of the table beyond the number of logits.
  private final int repeated;

  private final int[] maxima;
  private final int[] columns;

  LargestLogits(int size) {
    this.size = size;
    width = Math.ceilDiv(size, LINES);
    repeated = LINES * width - size;
    maxima = new int[width];
    columns = new int[width];
  }

  /// Whether finding so many is cheaper than reading all.
  boolean isWorthwhile(int k) {
    return 2L * (k + repeated) <= width;
  }

  /// Finds at least the `k` largest logits, and all that tie with them when divided by the
  /// temperature, in ascending order of ids; forbidden ones are none of them.
  void find(MemorySegment row, int k, float temperature) {
    Arrays.fill(maxima, Integer.MIN_VALUE);
    for (int line = 0; line < LINES; line += 2) {
      raise(maxima, row, 4L * start(line), 4L * start(line + 1), width);
    }
    collect(row, belowTies(bound(k + repeated), temperature));
  }

  private int start(int line) {
    return Math.min(line * width, size - width);
  }

  private static void raise(int[] maxima, MemorySegment row, long line, long other, int width) {
    for (int i = 0; i < width; i++) {
      int logit = FloatOrder.key(row.get(JAVA_INT, line + 4L * i));
      int otherLogit = FloatOrder.key(row.get(JAVA_INT, other + 4L * i));
      maxima[i] = Math.max(maxima[i], Math.max(logit, otherLogit));
    }
  }

  /// A key that at least `k` columns reach and not many more, or the least key if fewer have any
  /// token that is not forbidden.
  private int bound(int k) {
    int enough = Integer.MIN_VALUE >> 1;
    int tooFew = Integer.MAX_VALUE >> 1;
    int reached = countAbove(maxima, enough, width);
    if (reached < k) {
      return Integer.MIN_VALUE;
    }
    while (reached > k + k / 8 && tooFew - enough > 1) {
      int middle = enough + (tooFew - enough) / 2;
      int above = countAbove(maxima, middle, width);
      if (above >= k) {
        enough = middle;
        reached = above;
      } else {
        tooFew = middle;
      }
    }
    return (enough + 1) << 1;
  }

  /// How many keys are above a bound, both halved, so that their difference does not overflow.
  private static int countAbove(int[] keys, int halfBound, int size) {
    int count = 0;
    for (int i = 0; i < size; i++) {
      count += (halfBound - (keys[i] >> 1)) >>> 31;
    }
    return count;
  }

  /// A key below all whose logits, divided by the temperature, are no less than the bound's.
  private static int belowTies(int bound, float temperature) {
    float least = FloatOrder.value(bound) / temperature;
    long below = bound - 1L;
    for (long step = 1;
        below > Integer.MIN_VALUE && FloatOrder.value((int) below) / temperature >= least;
        step *= 2) {
      below -= step;
    }
    return (int) Math.max(below, Integer.MIN_VALUE);
  }

  private void collect(MemorySegment row, int below) {
    int found = 0;
    for (int column = 0; column < width; column++) {
      if (maxima[column] > below) {
        columns[found++] = column;
      }
    }
    reserve(LINES * found);
    count = 0;
    for (int line = 0; line < LINES; line++) {
      int start = start(line);
      for (int i = 0; i < found; i++) {
        int id = start + columns[i];
        if (id >= line * width && FloatOrder.key(row.getAtIndex(JAVA_INT, id)) > below) {
          ids[count++] = id;
        }
      }
    }
  }

  private void reserve(int capacity) {
    if (ids.length < capacity) {
      ids = new int[Math.max(capacity, 2 * ids.length)];
    }
  }
}
