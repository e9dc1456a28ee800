package dev.dbrx4j.sampling;

import static java.util.stream.Collectors.toMap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Adds a bias to the last token of a sequence when the tokens before it have just come out. Biases
/// on one token add up; a bias of negative infinity is a ban.
final class SequenceBias implements LogitsStep {
  private final List<Ending> endings;

  /// @param biases by sequence; those of one token are added first, as in the reference
  SequenceBias(Map<List<Integer>, Double> biases) {
    Map<Integer, Ending> byToken = new LinkedHashMap<>();
    biases.entrySet().stream()
        .sorted(Comparator.comparing(e -> e.getKey().size() > 1))
        .forEach(e ->
            byToken
                .computeIfAbsent(e.getKey().getLast(), Ending::new)
                .add(e.getKey(), e.getValue().floatValue()));
    endings = List.copyOf(byToken.values());
  }

  /// Bans sequences, except for an end-of-sequence token by itself.
  static SequenceBias ban(List<List<Integer>> sequences, int... eosIds) {
    return new SequenceBias(
        sequences.stream()
            .filter(s -> s.size() > 1 || IntStream.of(eosIds).noneMatch(id -> id == s.getFirst()))
            .distinct()
            .collect(toMap(s -> s, s -> Double.NEGATIVE_INFINITY)));
  }

  @Override
  public void apply(TokenHistory history, LogitsRow row) {
    for (int i = 0; i < endings.size(); i++) {
      Ending ending = endings.get(i);
      float bias = ending.sum(history);
      if (!(bias <= 0 && row.lacks(ending.id))) {
        row.set(ending.id, row.get(ending.id) + bias);
      }
    }
  }

  /// The sequences that end with one token.
  private static final class Ending {
    private final int id;
    private final List<int[]> prefixes = new ArrayList<>();
    private float[] biases = {};

    Ending(int id) {
      this.id = id;
    }

    void add(List<Integer> sequence, float bias) {
      prefixes.add(sequence.stream().limit(sequence.size() - 1).mapToInt(i -> i).toArray());
      biases = Arrays.copyOf(biases, prefixes.size());
      biases[biases.length - 1] = bias;
    }

    float sum(TokenHistory history) {
      float sum = 0;
      for (int i = 0; i < biases.length; i++) {
        if (history.endsWith(prefixes.get(i))) {
          sum += biases[i];
        }
      }
      return sum;
    }
  }
}
