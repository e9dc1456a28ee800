package dev.dbrx4j.sampling;

import dev.dbrx4j.GenerationOptions;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// The filters as their papers say, on boxed lists with full sorts: what [Candidates] is compared
/// with. Of tokens that tie at a cut those with the lowest ids stay, where not said otherwise.
final class PlainFilters {
  private final float[] logits;
  private List<Integer> kept;

  private PlainFilters(float[] logits) {
    this.logits = logits;
    kept =
        IntStream.range(0, logits.length)
            .filter(id -> logits[id] != Float.NEGATIVE_INFINITY)
            .boxed()
            .toList();
  }

  /// Probabilities by token, 0 for those that no draw ends on.
  static double[] probabilities(float[] logits, GenerationOptions options) {
    float[] scaled = new float[logits.length];
    for (int id = 0; id < scaled.length; id++) {
      scaled[id] = logits[id] / (float) options.temperature();
    }
    PlainFilters plain = new PlainFilters(scaled);
    plain.topH(options.topH());
    plain.topK(options.topK());
    plain.topP(options.topP());
    plain.minP(options.minP());
    plain.typicalP(options.typicalP());
    plain.cutoff(options.epsilonCutoff());
    plain.etaCutoff(options.etaCutoff());
    double[] probabilities = new double[logits.length];
    plain.probabilities().forEach((id, p) -> probabilities[id] = p);
    return probabilities;
  }

  private Map<Integer, Double> probabilities() {
    double max = kept.stream().mapToDouble(id -> logits[id]).max().orElseThrow();
    double total = kept.stream().mapToDouble(id -> Math.exp(logits[id] - max)).sum();
    Map<Integer, Double> probabilities = new HashMap<>();
    kept.forEach(id -> probabilities.put(id, Math.exp(logits[id] - max) / total));
    return probabilities;
  }

  private double entropy() {
    return probabilities().values().stream().mapToDouble(p -> p == 0 ? 0 : -p * Math.log(p)).sum();
  }

  private List<Integer> sortedBy(Comparator<Integer> order) {
    return kept.stream().sorted(order.thenComparing(id -> id)).toList();
  }

  private List<Integer> likeliestFirst() {
    return sortedBy(Comparator.comparingDouble(id -> -logits[id]));
  }

  private void topH(double fraction) {
    if (fraction > 0) {
      kept = likeliestFirst().stream().limit(100).toList();
      Map<Integer, Double> p = probabilities();
      double budget = fraction * entropy();
      double sum = 0;
      int count = 0;
      for (int id : kept) {
        sum -= p.get(id) * Math.log(p.get(id));
        if (count > 0 && sum > budget) {
          break;
        }
        count++;
      }
      kept = kept.subList(0, count);
    }
  }

  private void topK(int k) {
    if (k > 0 && k < kept.size()) {
      float last = logits[likeliestFirst().get(k - 1)];
      kept = kept.stream().filter(id -> logits[id] >= last).toList();
    }
  }

  private void topP(double mass) {
    if (mass < 1) {
      Map<Integer, Double> p = probabilities();
      List<Integer> order = likeliestFirst();
      double before = 0;
      int count = 0;
      while (count < order.size() && (count == 0 || before < mass)) {
        before += p.get(order.get(count++));
      }
      kept = order.subList(0, count);
    }
  }

  private void minP(double fraction) {
    Map<Integer, Double> p = probabilities();
    double most = p.values().stream().mapToDouble(x -> x).max().orElseThrow();
    kept = kept.stream().filter(id -> p.get(id) >= fraction * most).toList();
  }

  /// All that are as typical as the last one needed stay, as in the reference.
  private void typicalP(double mass) {
    if (mass < 1) {
      Map<Integer, Double> p = probabilities();
      double entropy = entropy();
      ToDoubleFunction<Integer> surprise = id -> Math.abs(-Math.log(p.get(id)) - entropy);
      List<Integer> order = sortedBy(Comparator.comparingDouble(surprise));
      double sum = 0;
      int last = -1;
      while (last < order.size() - 1 && sum < mass) {
        sum += p.get(order.get(++last));
      }
      double most = surprise.applyAsDouble(order.get(last)) + 1e-12;
      kept = kept.stream().filter(id -> surprise.applyAsDouble(id) <= most).toList();
    }
  }

  private void cutoff(double least) {
    Map<Integer, Double> p = probabilities();
    double most = p.values().stream().mapToDouble(x -> x).max().orElseThrow();
    kept = kept.stream().filter(id -> p.get(id) >= Math.min(least, most)).toList();
  }

  private void etaCutoff(double epsilon) {
    cutoff(Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropy())));
  }
}
