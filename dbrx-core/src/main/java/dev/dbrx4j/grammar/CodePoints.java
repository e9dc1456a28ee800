package dev.dbrx4j.grammar;

import java.util.Arrays;
import java.util.function.IntPredicate;

/// A set of Unicode code points without surrogates, as sorted ranges.
final class CodePoints {
  static final int MAX = Character.MAX_CODE_POINT;
  static final CodePoints NONE = new CodePoints(new int[0]);
  static final CodePoints ALL = NONE.complement();

  /// First and last of each range; ranges neither overlap nor touch.
  private final int[] bounds;

  private CodePoints(int[] bounds) {
    this.bounds = bounds;
  }

  static CodePoints of(int... codePoints) {
    CodePoints all = NONE;
    for (int codePoint : codePoints) {
      all = all.or(range(codePoint, codePoint));
    }
    return all;
  }

  /// Code points from one to another, both included.
  static CodePoints range(int first, int last) {
    CodePoints range = new CodePoints(new int[] {first, last});
    return first <= Character.MAX_SURROGATE && last >= Character.MIN_SURROGATE
        ? range.and(ALL)
        : range;
  }

  static CodePoints where(IntPredicate condition) {
    IntList found = new IntList();
    int start = -1;
    for (int codePoint = 0; codePoint <= MAX + 1; codePoint++) {
      boolean in = codePoint <= MAX && !isSurrogate(codePoint) && condition.test(codePoint);
      if (in && start < 0) {
        start = codePoint;
      } else if (!in && start >= 0) {
        found.add(start);
        found.add(codePoint - 1);
        start = -1;
      }
    }
    return new CodePoints(found.toArray());
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }

  CodePoints or(CodePoints other) {
    int[][] ranges = new int[(bounds.length + other.bounds.length) / 2][];
    for (int i = 0; i < ranges.length; i++) {
      int own = bounds.length / 2;
      ranges[i] =
          i < own
              ? new int[] {bounds[2 * i], bounds[2 * i + 1]}
              : new int[] {other.bounds[2 * (i - own)], other.bounds[2 * (i - own) + 1]};
    }
    Arrays.sort(ranges, (a, b) -> Integer.compare(a[0], b[0]));
    IntList merged = new IntList();
    for (int i = 0; i < ranges.length; ) {
      int last = ranges[i][1];
      int next = i + 1;
      while (next < ranges.length && ranges[next][0] <= last + 1) {
        last = Math.max(last, ranges[next++][1]);
      }
      merged.add(ranges[i][0]);
      merged.add(last);
      i = next;
    }
    return new CodePoints(merged.toArray());
  }

  CodePoints complement() {
    IntList rest = new IntList();
    int next = 0;
    for (int i = 0; i < bounds.length; i += 2) {
      addRange(rest, next, bounds[i] - 1);
      next = bounds[i + 1] + 1;
    }
    addRange(rest, next, MAX);
    return new CodePoints(rest.toArray());
  }

  /// Adds a range without the surrogates in it.
  private static void addRange(IntList ranges, int first, int last) {
    if (first < Character.MIN_SURROGATE && last >= Character.MIN_SURROGATE) {
      addRange(ranges, first, Character.MIN_SURROGATE - 1);
      addRange(ranges, Character.MAX_SURROGATE + 1, last);
    } else {
      int start = isSurrogate(first) ? Character.MAX_SURROGATE + 1 : first;
      if (start <= last) {
        ranges.add(start);
        ranges.add(last);
      }
    }
  }

  CodePoints and(CodePoints other) {
    return complement().or(other.complement()).complement();
  }

  CodePoints minus(CodePoints other) {
    return and(other.complement());
  }

  boolean isEmpty() {
    return bounds.length == 0;
  }

  int ranges() {
    return bounds.length / 2;
  }

  int first(int range) {
    return bounds[2 * range];
  }

  int last(int range) {
    return bounds[2 * range + 1];
  }
}
