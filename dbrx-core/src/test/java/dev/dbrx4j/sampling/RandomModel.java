package dev.dbrx4j.sampling;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A model whose logits are random for each sequence of tokens, and the search through all of its
/// answers. The last token of the vocabulary ends a sequence.
final class RandomModel {
  private final int vocabSize;
  private final Random random;
  private final Map<List<Integer>, float[]> logits = new HashMap<>();

  RandomModel(int vocabSize, Random random) {
    this.vocabSize = vocabSize;
    this.random = random;
  }

  MemorySegment rows(List<List<Integer>> beams) {
    float[] rows = new float[beams.size() * vocabSize];
    for (int i = 0; i < beams.size(); i++) {
      System.arraycopy(logits(beams.get(i)), 0, rows, i * vocabSize, vocabSize);
    }
    return MemorySegment.ofArray(rows);
  }

  /// Every answer that begins with some tokens, the first of which is the prompt.
  Stream<BeamAnswer> complete(
      List<Integer> tokens, double score, int maxNewTokens, double lengthPenalty) {
    int length = tokens.size() - 1;
    if (length == maxNewTokens || tokens.getLast() == vocabSize - 1) {
      List<Integer> answer = List.copyOf(tokens.subList(1, tokens.size()));
      return Stream.of(new BeamAnswer(answer, score / Math.pow(length, lengthPenalty)));
    }
    float[] next = logits(tokens);
    double total =
        Math.log(IntStream.range(0, vocabSize).mapToDouble(i -> Math.exp(next[i])).sum());
    return IntStream.range(0, vocabSize)
        .boxed()
        .flatMap(id -> {
          List<Integer> longer = new ArrayList<>(tokens);
          longer.add(id);
          return complete(longer, score + next[id] - total, maxNewTokens, lengthPenalty);
        });
  }

  private float[] logits(List<Integer> tokens) {
    return logits.computeIfAbsent(
        List.copyOf(tokens),
        key -> {
          float[] row = new float[vocabSize];
          for (int i = 0; i < vocabSize; i++) {
            row[i] = 2 * (float) random.nextGaussian();
          }
          return row;
        });
  }
}
