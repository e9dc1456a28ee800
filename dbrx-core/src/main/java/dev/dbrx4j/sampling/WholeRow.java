package dev.dbrx4j.sampling;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.dbrx4j.grammar.TokenSet;
import java.lang.foreign.MemorySegment;

/// One row of logits, read and changed where the runner left it. Reused: [#wrap] moves it on to the
/// next row.
final class WholeRow extends LogitsRow {
  private static final int BLOCK = 2048;
  private static final int[] NONE = {};

  private final int size;
  private MemorySegment data = MemorySegment.NULL;
  private float[] kept = {};

  WholeRow(int size) {
    this.size = size;
  }

  void wrap(MemorySegment row) {
    if (row.byteSize() != (long) size * Float.BYTES) {
      throw new IllegalArgumentException(
          "row of " + row.byteSize() + " bytes for a vocabulary of " + size);
    }
    data = row;
  }

  MemorySegment data() {
    return data;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  boolean lacks(int id) {
    return false;
  }

  @Override
  public float get(int id) {
    return data.getAtIndex(JAVA_FLOAT, id);
  }

  @Override
  public void set(int id, float logit) {
    data.setAtIndex(JAVA_FLOAT, id, logit);
  }

  @Override
  public void forbid(int id) {
    if (id < size) {
      set(id, Float.NEGATIVE_INFINITY);
    }
  }

  @Override
  void keepOnly(int... ids) {
    keepOnly(ids, NONE);
  }

  @Override
  void keepOnly(TokenSet set, int... others) {
    if (set.isFew()) {
      keepOnly(set.ids(), others);
      return;
    }
    save(others, 0);
    long[] bits = set.bits();
    for (int word = 0; word < bits.length; word++) {
      int start = word << 6;
      int end = Math.min(size, start + 64);
      if (bits[word] == 0) {
        forbid(start, end);
      } else if (bits[word] != -1) {
        for (int id = start; id < end; id++) {
          if ((bits[word] >>> id & 1) == 0) {
            set(id, Float.NEGATIVE_INFINITY);
          }
        }
      }
    }
    restore(others, 0);
  }

  private void keepOnly(int[] ids, int[] others) {
    save(others, ids.length);
    save(ids, 0);
    forbid(0, size);
    restore(ids, 0);
    restore(others, ids.length);
  }

  private void forbid(int from, int to) {
    for (int id = from; id < to; id++) {
      set(id, Float.NEGATIVE_INFINITY);
    }
  }

  private void save(int[] ids, int place) {
    if (kept.length < place + ids.length) {
      kept = new float[place + ids.length];
    }
    for (int i = 0; i < ids.length; i++) {
      kept[place + i] = get(ids[i]);
    }
  }

  private void restore(int[] ids, int place) {
    for (int i = 0; i < ids.length; i++) {
      set(ids[i], kept[place + i]);
    }
  }

  /// The likeliest token; of several the one with the lowest id. A vectorised pass finds the first
  /// block that holds the largest logit, and only that block is searched.
  int argmax() {
    float best = Float.NEGATIVE_INFINITY;
    int bestBlock = 0;
    for (int block = 0; block < size && !Float.isNaN(best); block += BLOCK) {
      float largest = largest(block, Math.min(BLOCK, size - block));
      if (!(largest <= best)) {
        best = largest;
        bestBlock = block;
      }
    }
    if (best == Float.NEGATIVE_INFINITY) {
      throw allForbidden();
    }
    int id = bestBlock;
    while (notNan(id, get(id)) != best) {
      id++;
    }
    return id;
  }

  /// `log(sum(exp(logits)))`, which makes log-probabilities of logits when subtracted.
  double logTotal() {
    float largest = get(argmax());
    double sum = 0;
    for (int id = 0; id < size; id++) {
      sum += Math.exp(get(id) - largest);
    }
    return largest + Math.log(sum);
  }

  /// Makes log-probabilities of logits.
  void normalise() {
    double logTotal = logTotal();
    for (int id = 0; id < size; id++) {
      set(id, (float) (get(id) - logTotal));
    }
  }

  private float largest(int from, int length) {
    long start = 4L * from;
    int largest = Integer.MIN_VALUE;
    for (int i = 0; i < length; i++) {
      largest = Math.max(largest, FloatOrder.key(data.get(JAVA_INT, start + 4L * i)));
    }
    return FloatOrder.value(largest);
  }

  private static float notNan(int id, float logit) {
    if (Float.isNaN(logit)) {
      throw invalid(id, logit);
    }
    return logit;
  }
}
