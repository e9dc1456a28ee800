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
    reserve(size);
    System.arraycopy(allKeys, 0, keys, 0, size);
    System.arraycopy(allAmounts, 0, amounts, 0, size);
    select(size, target);
  }

  /// The same with every amount 1.
  void findCount(double[] allKeys, int size, int target) {
    reserve(size);
    System.arraycopy(allKeys, 0, keys, 0, size);
    Arrays.fill(amounts, 0, size, 1);
    select(size, target);
  }

  private void select(int size, double target) {
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

  private void reserve(int size) {
    if (keys.length < size) {
      keys = new double[Math.max(size, 2 * keys.length)];
      amounts = new double[keys.length];
    }
  }
}
