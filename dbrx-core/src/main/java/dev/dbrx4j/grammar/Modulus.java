package dev.dbrx4j.grammar;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/// Decimal digits modulo a number.
final class Modulus {
  final int value;

  /// Digits that are missing to a multiple, by remainder.
  private final int[] missing;

  Modulus(int value) {
    this.value = value;
    missing = new int[value];
    Arrays.fill(missing, Expression.NEVER);
    missing[0] = 0;
    Queue<Integer> found = new ArrayDeque<>();
    int[][] before = new int[value][];
    for (int remainder = 0; remainder < value; remainder++) {
      before[remainder] = new int[0];
    }
    for (int remainder = 0; remainder < value; remainder++) {
      for (int digit = 0; digit < 10; digit++) {
        int after = after(remainder, digit);
        before[after] = Arrays.copyOf(before[after], before[after].length + 1);
        before[after][before[after].length - 1] = remainder;
      }
    }
    found.add(0);
    while (!found.isEmpty()) {
      int remainder = found.remove();
      for (int earlier : before[remainder]) {
        if (missing[earlier] == Expression.NEVER) {
          missing[earlier] = missing[remainder] + 1;
          found.add(earlier);
        }
      }
    }
  }

  int after(int remainder, int digit) {
    return (10 * remainder + digit) % value;
  }

  int missing(int remainder) {
    return missing[remainder];
  }
}
