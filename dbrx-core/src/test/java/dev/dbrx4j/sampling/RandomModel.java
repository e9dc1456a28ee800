package dev.dbrx4j.sampling;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A model whose logits are random for each sequence of tokens, and the walk through everything it
/// can say. The first token is the prompt; the last tokens of the vocabulary end a sequence.
final class RandomModel {
  /// What can be said, and its log-probability.
  record Text(List<Integer> tokens, double logProbability, boolean ended) {}

  private final int vocabSize;
  private final int eosTokens;
  private final Random random;
  private final Map<List<Integer>, float[]> logits = new HashMap<>();

  RandomModel(int vocabSize, int eosTokens, Random random) {
    this.vocabSize = vocabSize;
    this.eosTokens = eosTokens;
    this.random = random;
  }

  int vocabSize() {
    return vocabSize;
  }

  int[] eosIds() {
    return IntStream.range(vocabSize - eosTokens, vocabSize).toArray();
  }

  MemorySegment rows(List<List<Integer>> beams) {
    float[] rows = new float[beams.size() * vocabSize];
    for (int i = 0; i < beams.size(); i++) {
      System.arraycopy(logits(beams.get(i)), 0, rows, i * vocabSize, vocabSize);
    }
    return MemorySegment.ofArray(rows);
  }

  /// Every text of 1 to so many tokens.
  List<Text> texts(int maxTokens) {
    return continued(new Text(List.of(), 0, false), maxTokens).toList();
  }

  private Stream<Text> continued(Text text, int left) {
    if (left == 0 || text.ended) {
      return Stream.of();
    }
    float[] next = logits(append(List.of(0), text.tokens));
    double total =
        Math.log(IntStream.range(0, vocabSize).mapToDouble(i -> Math.exp(next[i])).sum());
    return IntStream.range(0, vocabSize)
        .mapToObj(id ->
            new Text(
                append(text.tokens, List.of(id)),
                text.logProbability + next[id] - total,
                id >= vocabSize - eosTokens))
        .flatMap(longer -> Stream.concat(Stream.of(longer), continued(longer, left - 1)));
  }

  private static List<Integer> append(List<Integer> tokens, List<Integer> more) {
    return Stream.concat(tokens.stream(), more.stream()).toList();
  }

  private float[] logits(List<Integer> tokens) {
    return logits.computeIfAbsent(
        new ArrayList<>(tokens),
        key -> {
          float[] row = new float[vocabSize];
          for (int i = 0; i < vocabSize; i++) {
            row[i] = 2 * (float) random.nextGaussian();
          }
          return row;
        });
  }
}
