package dev.dbrx4j.sampling;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.LogitsProcessor;
import java.lang.foreign.MemorySegment;

/// One row of logits, read and changed where the runner left it. Reused: [#wrap] moves it on to the
/// next row.
final class LogitsRow implements LogitsProcessor.Scores {
  private final int size;
  private MemorySegment data = MemorySegment.NULL;

  LogitsRow(int size) {
    this.size = size;
  }

  void wrap(MemorySegment row) {
    if (row.byteSize() != (long) size * Float.BYTES) {
      throw new IllegalArgumentException(
          "row of " + row.byteSize() + " bytes for a vocabulary of " + size);
    }
    data = row;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public float get(int id) {
    return data.getAtIndex(JAVA_FLOAT, id);
  }

  @Override
  public void set(int id, float logit) {
    data.setAtIndex(JAVA_FLOAT, id, logit);
  }

  /// The likeliest token; of several the one with the lowest id.
  int argmax() {
    float best = Float.NEGATIVE_INFINITY;
    int bestId = -1;
    for (int id = 0; id < size; id++) {
      float logit = get(id);
      if (!(logit <= best)) {
        best = checked(id, logit);
        bestId = id;
      }
    }
    if (bestId < 0) {
      throw allForbidden();
    }
    return bestId;
  }

  static float checked(int id, float logit) {
    if (Float.isNaN(logit)) {
      throw new InvalidModelException(
          "the logit of token "
              + id
              + " is NaN: either the weights are damaged (verify the bundle), the precision is too"
              + " low for this model, or a logits processor went wrong");
    }
    return logit;
  }

  static InvalidRequestException allForbidden() {
    return new InvalidRequestException(
        "no token is left to pick: the options and logits processors together forbid all of them");
  }
}
