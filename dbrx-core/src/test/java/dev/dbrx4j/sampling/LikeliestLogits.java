package dev.dbrx4j.sampling;

import dev.dbrx4j.spi.Logits;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/// One row of logits on an imaginary device, which says what the likeliest tokens are, with a sum
/// that is as wrong as it may be, and counts how often the row itself is asked for.
final class LikeliestLogits implements Logits {
  private final float[] row;
  private final int count;
  private final float sumFactor;
  private int fetched;

  LikeliestLogits(float[] row, int count, Random random) {
    this.row = row;
    this.count = Math.min(count, row.length);
    this.sumFactor = (float) (1 + Logits.SUM_ERROR * (1.9 * random.nextDouble() - 0.95));
  }

  int fetched() {
    return fetched;
  }

  @Override
  public int rows() {
    return 1;
  }

  @Override
  public int vocabSize() {
    return row.length;
  }

  @Override
  public MemorySegment row(int index) {
    fetched++;
    return MemorySegment.ofArray(row.clone());
  }

  @Override
  public MemorySegment data() {
    return row(0);
  }

  @Override
  public int likeliestCount() {
    return count;
  }

  @Override
  public MemorySegment likeliest(int index) {
    int[] best =
        IntStream.range(0, row.length)
            .boxed()
            .sorted(Comparator.comparingDouble(id -> -row[id]))
            .limit(count)
            .mapToInt(id -> id)
            .toArray();
    float[] known = new float[1 + 2 * count];
    double sum = 0;
    for (float logit : row) {
      sum += Math.exp((double) logit - row[best[0]]);
    }
    known[0] = (float) sum * sumFactor;
    for (int i = 0; i < count; i++) {
      known[1 + i] = row[best[i]];
      known[1 + count + i] = best[i];
    }
    return MemorySegment.ofArray(known);
  }
}
