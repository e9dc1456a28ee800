package dev.dbrx4j.sampling;

import java.util.Arrays;

/// Finds where a running sum, taken in descending order of keys, reaches a target: quickselect, so
/// linear in the mean, and nothing is sorted.
final class RunningSumCut {
  private double[] keys = {};
  private double[] amounts = {};

  /// The key at which the sum reaches the target; negative infinity when it never does.
  double key;

  /// The sum of the amounts of all greater keys, less than the target.
  double above;

  void find(double[] allKeys, double[] allAmounts, int size, double target) {
    keys = copy(keys, allKeys, size);
    amounts = copy(amounts, allAmounts, size);
    key = Double.NEGATIVE_INFINITY;
    above = 0;
    int from = 0;
    int to = size;
    while (from < to) {
      double pivot = medianOfThree(keys[from], keys[(from + to) >>> 1], keys[to - 1]);
      double greater = 0;
      double equal = 0;
      int endGreater = from;
      int next = from;
      int startLess = to;
      while (next < startLess) {
        if (keys[next] > pivot) {
          greater += amounts[next];
          swap(next++, endGreater++);
        } else if (keys[next] < pivot) {
          swap(next, --startLess);
        } else {
          equal += amounts[next++];
        }
      }
      if (above + greater >= target) {
        to = endGreater;
      } else {
        above += greater;
        if (above + equal >= target) {
          key = pivot;
          return;
        }
        above += equal;
        from = startLess;
      }
    }
  }

  private void swap(int i, int j) {
    double key = keys[i];
    keys[i] = keys[j];
    keys[j] = key;
    double amount = amounts[i];
    amounts[i] = amounts[j];
    amounts[j] = amount;
  }

  private static double medianOfThree(double a, double b, double c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private static double[] copy(double[] target, double[] source, int size) {
    double[] copy = target.length < size ? Arrays.copyOf(source, size) : target;
    System.arraycopy(source, 0, copy, 0, size);
    return copy;
  }
}
