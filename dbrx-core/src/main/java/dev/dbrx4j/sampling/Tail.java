package dev.dbrx4j.sampling;

import dev.dbrx4j.spi.Logits;

/// What is known of tokens that are not among [Candidates]: bounds of their weights, in the units
/// of [Candidates#weights]. Reused from step to step.
final class Tail {
  /// More than weights differ that are computed of rounded logits.
  private static final double ROUNDING = 1e-3;

  /// The largest weight, at most.
  double largest;

  /// The sum of the weights, at least.
  double least;

  /// The sum of the weights, at most.
  double most;

  /// Bounds the sum of `exp(logit / temperature)` by that of `exp(logit)`.
  ///
  /// With `e = exp(logit)`, no more than some bound, and `p = 1 / temperature`: if `p >= 1`, each
  /// `e^p` is at most `e * bound^(p - 1)`, and their sum is least when all `e` are equal. If `p <
  /// 1`, it is the other way round.
  ///
  /// @param sum of `exp(logit - shift)` over all tokens, as a device says it
  /// @param known the part of the sum whose tokens are known
  /// @param bound `exp(logit - shift)` of each unknown token, at most
  /// @param tokens how many are unknown
  /// @param power 1 / temperature
  /// @param scale the weight of a token whose logit is the shift
  void estimate(double sum, double known, double bound, int tokens, double power, double scale) {
    double atLeast = Math.max(0, sum * (1 - Logits.SUM_ERROR) - known);
    double atMost = tokens == 0 ? 0 : Math.max(0, sum * (1 + Logits.SUM_ERROR) - known);
    if (power == 1) {
      least = scale * atLeast;
      most = scale * atMost;
    } else {
      double low = power > 1 ? whenEqual(atLeast, tokens, power) : whenLarge(atLeast, bound, power);
      double high = power > 1 ? whenLarge(atMost, bound, power) : whenEqual(atMost, tokens, power);
      most = scale * high * (1 + ROUNDING);
      least = Math.min(most, scale * low * (1 - ROUNDING));
    }
  }

  /// The sum of powers when all numbers are equal.
  private static double whenEqual(double sum, int count, double power) {
    return count == 0 ? 0 : count * Math.pow(sum / count, power);
  }

  /// The sum of powers when all numbers are 0 or the bound.
  private static double whenLarge(double sum, double bound, double power) {
    return sum == 0 ? 0 : sum * Math.pow(bound, power - 1);
  }

  /// Allows for unknown tokens having become less likely since the device summed them up.
  void lower() {
    least = 0;
  }

  /// Adds a token of known weight.
  void add(double weight) {
    least += weight;
    most += weight;
  }
}
