package dev.dbrx4j.sampling;

/// The tokens a draw can still end on, in ascending order of id.
///
/// A token's weight is `exp(logit - largest logit)` and its probability `weight / total`, so that
/// removing tokens leaves weights as they are. Arrays are filled up to [#size].
final class Candidates {
  private final RunningSumCut cut = new RunningSumCut();
  private final LargestLogits likeliest;
  private double largest;
  private double logTotal;

  int size;
  int[] ids = {};
  double[] logits = {};
  double[] weights = {};
  double total;

  /// What a filter orders tokens by, where it is neither logit nor weight.
  double[] keys = {};

  Candidates(int vocabSize) {
    likeliest = new LargestLogits(vocabSize);
  }

  /// Takes the tokens that are not forbidden, their logits divided by the temperature; of these at
  /// least the `k` likeliest and all that tie with them, if not all.
  void gather(WholeRow row, float temperature, int k) {
    if (likeliest.isWorthwhile(k)) {
      likeliest.find(row.data(), k, temperature);
      clear(likeliest.count);
      for (int i = 0; i < likeliest.count; i++) {
        add(likeliest.ids[i], row.get(likeliest.ids[i]) / temperature);
      }
    } else {
      clear(row.size());
      for (int id = 0; id < row.size(); id++) {
        add(id, row.get(id) / temperature);
      }
    }
    weigh();
  }

  /// Begins anew, for so many tokens at most.
  void clear(int capacity) {
    size = 0;
    if (ids.length < capacity) {
      int length = Math.max(capacity, 2 * ids.length);
      ids = new int[length];
      logits = new double[length];
      weights = new double[length];
      keys = new double[length];
    }
  }

  /// Takes a token, in ascending order of ids, unless it is forbidden.
  void add(int id, float logit) {
    if (logit > Float.NEGATIVE_INFINITY && logit < Float.POSITIVE_INFINITY) {
      ids[size] = id;
      logits[size++] = logit;
    } else if (logit != Float.NEGATIVE_INFINITY) {
      throw LogitsRow.invalid(id, logit);
    }
  }

  /// Works out the weights of all that were added.
  void weigh() {
    if (size == 0) {
      throw LogitsRow.allForbidden();
    }
    largest = logits[0];
    for (int i = 1; i < size; i++) {
      largest = Math.max(largest, logits[i]);
    }
    total = 0;
    for (int i = 0; i < size; i++) {
      weights[i] = Math.exp(logits[i] - largest);
      total += weights[i];
    }
    logTotal = Math.log(total);
  }

  /// The largest logit.
  double largest() {
    return largest;
  }

  /// What makes log-probabilities of logits when subtracted.
  double logTotal() {
    return largest + logTotal;
  }

  double logProbability(int index) {
    return logits[index] - largest - logTotal;
  }

  /// `-sum p log p`, in nats.
  double entropy() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[i] * (logits[i] - largest);
    }
    return logTotal - sum / total;
  }

  /// The key of the n-th token in descending order of keys, or negative infinity if there are
  /// fewer.
  double nthKey(double[] keys, int n) {
    cut.findCount(keys, size, n);
    return cut.key;
  }

  /// The key at which probabilities reach a sum, in descending order of keys; negative infinity if
  /// rounding keeps them from it.
  double keyAtMass(double[] keys, double mass) {
    cut.find(keys, weights, size, Math.max(mass * total, Double.MIN_VALUE));
    return cut.key;
  }

  /// Keeps the fewest tokens, yet at least so many, whose probabilities reach a sum, in descending
  /// order of logits; of tokens that tie at the cut those with the lowest ids.
  void keepMass(double mass, int atLeast) {
    int ties = tiesAtMass(mass * total);
    keep(logits, cut.key, ties, atLeast);
  }

  /// How many tokens it takes, in descending order of logits, until their weights reach a sum; one
  /// more than there are if they never do.
  int countAtMass(double sum) {
    int ties = tiesAtMass(sum);
    return cut.key == Double.NEGATIVE_INFINITY ? size + 1 : count(logits, cut.key, ties);
  }

  /// Finds the logit at which weights reach a sum, and how many with this logit it takes.
  private int tiesAtMass(double wanted) {
    cut.find(logits, weights, size, Math.max(wanted, Double.MIN_VALUE));
    int ties = 0;
    double sum = cut.above;
    for (int i = 0; i < size && (ties == 0 || sum < wanted); i++) {
      if (logits[i] == cut.key) {
        sum += weights[i];
        ties++;
      }
    }
    return ties;
  }

  /// Keeps tokens, at least one, in descending order of logits while a sum stays within a budget;
  /// of tokens that tie at the cut those with the lowest ids.
  void keepWithin(double[] amounts, double budget) {
    cut.find(logits, amounts, size, Math.nextUp(budget));
    int ties = 0;
    double sum = cut.above;
    for (int i = 0; i < size; i++) {
      if (logits[i] == cut.key && (sum += amounts[i]) <= budget) {
        ties++;
      }
    }
    keep(logits, cut.key, cut.above == 0 ? Math.max(1, ties) : ties, 1);
  }

  /// Keeps the likeliest tokens, exactly so many if there are; of tokens that tie at the cut those
  /// with the lowest ids.
  void keepCount(int count) {
    keep(logits, Double.POSITIVE_INFINITY, 0, count);
  }

  /// Keeps tokens whose key reaches a bound, and at least so many in descending order of keys.
  void keepFrom(double[] keys, double bound, int atLeast) {
    keep(keys, bound, size, atLeast);
  }

  /// Keeps tokens whose weight reaches a bound, the `atLeast` likeliest, and all that tie with the
  /// last of these.
  void keepWeights(double bound, int atLeast) {
    keepFrom(weights, Math.min(bound, nthKey(weights, atLeast)), 1);
  }

  private void keep(double[] keys, double bound, int ties, int atLeast) {
    if (atLeast > 1 && count(keys, bound, ties) < atLeast) {
      cut.findCount(keys, size, atLeast);
      retain(keys, cut.key, atLeast - (int) cut.above);
    } else {
      retain(keys, bound, ties);
    }
  }

  private int count(double[] keys, double bound, int ties) {
    int greater = 0;
    int equal = 0;
    for (int i = 0; i < size; i++) {
      greater += keys[i] > bound ? 1 : 0;
      equal += keys[i] == bound ? 1 : 0;
    }
    return greater + Math.min(equal, ties);
  }

  private void retain(double[] keys, double bound, int ties) {
    int kept = 0;
    int left = ties;
    double sum = 0;
    for (int i = 0; i < size; i++) {
      if (keys[i] > bound || (keys[i] == bound && left-- > 0)) {
        ids[kept] = ids[i];
        logits[kept] = logits[i];
        weights[kept] = weights[i];
        sum += weights[kept++];
      }
    }
    size = kept;
    total = sum;
    logTotal = Math.log(sum);
  }

  /// The token at which the running sum of probabilities, in ascending order of ids, passes `u`.
  int draw(double u) {
    double target = u * total;
    int i = 0;
    for (double sum = weights[0]; sum <= target && i < size - 1; sum += weights[i]) {
      i++;
    }
    return ids[i];
  }
}
