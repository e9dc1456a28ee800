package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

/// Which experts each token goes to, and with which weights: softmax over all experts, the `k`
/// largest probabilities (of equal ones the first), divided by their p-norm if there is one.
public final class Routing {
  private final int count;
  private final int k;
  private final float norm;
  private int[] experts = {};
  private float[] weights = {};
  private final float[] probabilities;

  /// Prepares a router.
  ///
  /// @param count experts
  /// @param k experts a token
  /// @param norm p of the norm, 0 for none
  public Routing(int count, int k, float norm) {
    this.count = count;
    this.k = k;
    this.norm = norm;
    probabilities = new float[count];
  }

  /// Routes tokens.
  ///
  /// @param logits address of the router's output, float32 `[tokens, count]`
  /// @param tokens how many
  public void set(long logits, int tokens) {
    if (experts.length < tokens * k) {
      experts = new int[tokens * k];
      weights = new float[tokens * k];
    }
    for (int t = 0; t < tokens; t++) {
      softmax(logits + (long) t * count * Float.BYTES);
      for (int i = 0; i < k; i++) {
        int best = best();
        experts[t * k + i] = best;
        weights[t * k + i] = probabilities[best];
        probabilities[best] = -1;
      }
      normalise(t * k);
    }
  }

  /// {@return the expert of choice `pair % k` of token `pair / k`}
  ///
  /// @param pair number of the choice
  public int expert(int pair) {
    return experts[pair];
  }

  /// {@return the weight of a choice}
  ///
  /// @param pair number of the choice
  public float weight(int pair) {
    return weights[pair];
  }

  private void softmax(long logits) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int e = 0; e < count; e++) {
      probabilities[e] = Memory.ALL.get(JAVA_FLOAT_UNALIGNED, logits + (long) e * Float.BYTES);
      largest = Math.max(largest, probabilities[e]);
    }
    float sum = 0;
    for (int e = 0; e < count; e++) {
      probabilities[e] = (float) Math.exp(probabilities[e] - largest);
      sum += probabilities[e];
    }
    for (int e = 0; e < count; e++) {
      probabilities[e] /= sum;
    }
  }

  private int best() {
    int best = 0;
    for (int e = 1; e < count; e++) {
      if (probabilities[e] > probabilities[best]) {
        best = e;
      }
    }
    return best;
  }

  private void normalise(int first) {
    if (norm == 0) {
      return;
    }
    double sum = 0;
    for (int i = first; i < first + k; i++) {
      sum += norm == 1 ? weights[i] : Math.pow(weights[i], norm);
    }
    float divisor = (float) (norm == 1 ? sum : Math.pow(sum, 1 / norm));
    for (int i = first; i < first + k; i++) {
      weights[i] /= divisor;
    }
  }
}
