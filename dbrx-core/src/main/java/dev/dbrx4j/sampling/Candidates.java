package dev.dbrx4j.sampling;

import java.util.Arrays;

/// The tokens a draw can still end on, in ascending order of id.
///
/// A token's weight is `exp(logit - largest logit)`, and its probability `weight / total`; so that
/// removing tokens leaves weights as they are.
final class Candidates {
  private final RunningSumCut cut = new RunningSumCut();
  int size;
  int[] ids = {};
  double[] logits = {};
  double[] weights = {};
  double[] keys = {};
  double total;

  /// Takes all tokens that are not forbidden, their logits divided by the temperature.
  void gather(LogitsRow row, float temperature) {
    reserve(row.size());
    size = 0;
    for (int id = 0; id < row.size(); id++) {
      float logit = row.get(id);
      if (logit != Float.NEGATIVE_INFINITY) {
        ids[size] = id;
        logits[size++] = LogitsRow.checked(id, logit / temperature);
      }
    }
    if (size == 0) {
      throw LogitsRow.allForbidden();
    }
    weigh();
  }

  private void weigh() {
    double largest = logits[0];
    for (int i = 1; i < size; i++) {
      largest = Math.max(largest, logits[i]);
    }
    total = 0;
    for (int i = 0; i < size; i++) {
      weights[i] = Math.exp(logits[i] - largest);
      total += weights[i];
    }
  }

  /// Keeps the `count` largest logits and all that tie with the last of them.
  void keepLargest(int count) {
    Arrays.fill(keys, 0, size, 1);
    cut.find(logits, keys, size, count);
    keep(logits, cut.key, size);
  }

  /// Keeps the fewest likeliest tokens that together reach a part of all probability.
  void keepMass(double fraction) {
    cut.find(logits, weights, size, Math.max(fraction * total, Double.MIN_VALUE));
    keep(logits, cut.key, tiesToReach(fraction * total));
  }

  private int tiesToReach(double target) {
    double sum = cut.above;
    int ties = 0;
    for (int i = 0; i < size && sum < target; i++) {
      if (logits[i] == cut.key) {
        sum += weights[i];
        ties++;
      }
    }
    return Math.max(ties, 1);
  }

  /// Keeps tokens whose weight is at least a bound.
  void keepWeights(double least) {
    keep(weights, least, size);
  }

  /// Keeps tokens whose key is greater than a bound, and so many of those that equal it.
  void keep(double[] keys, double least, int ties) {
    int kept = 0;
    int left = ties;
    total = 0;
    for (int i = 0; i < size; i++) {
      if (keys[i] > least || (keys[i] == least && left-- > 0)) {
        ids[kept] = ids[i];
        logits[kept] = logits[i];
        weights[kept] = weights[i];
        total += weights[kept++];
      }
    }
    size = kept;
  }

  /// The token at which the running sum of probabilities, in order of ids, passes `u`.
  int draw(double u) {
    double target = u * total;
    int i = 0;
    for (double sum = weights[0]; sum <= target && i < size - 1; sum += weights[i]) {
      i++;
    }
    return ids[i];
  }

  private void reserve(int capacity) {
    if (ids.length < capacity) {
      ids = new int[capacity];
      logits = new double[capacity];
      weights = new double[capacity];
      keys = new double[capacity];
    }
  }
}
