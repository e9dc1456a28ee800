package dev.dbrx4j.sampling;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.dbrx4j.grammar.TokenSet;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The likeliest tokens of a row, where a device tells them apart from the row itself
/// ([Logits#likeliest]). Steps change it as they change the whole row. Where they or the pick need
/// a token that is not there, the row says so, and what was done counts for nothing.
final class LikeliestRow extends LogitsRow {
  private static final int NONE = -1;

  private final int size;
  private int[] ids = {}; // ascending
  private float[] logits = {};
  private int count;
  private double sum;
  private double knownSum;
  private float largest;
  private float least;
  private boolean enough;

  LikeliestRow(int size) {
    this.size = size;
  }

  /// Takes what is known of a row.
  ///
  /// @param known as [Logits#likeliest] has it
  void wrap(MemorySegment known, int tokens) {
    if (ids.length < tokens) {
      ids = new int[tokens];
      logits = new float[tokens];
    }
    count = tokens;
    sum = known.getAtIndex(JAVA_FLOAT, 0);
    largest = known.getAtIndex(JAVA_FLOAT, 1);
    least = known.getAtIndex(JAVA_FLOAT, tokens);
    knownSum = 0;
    for (int i = 0; i < tokens; i++) {
      float logit = known.getAtIndex(JAVA_FLOAT, 1 + i);
      insert(i, (int) known.getAtIndex(JAVA_FLOAT, 1 + tokens + i), logit);
      knownSum += Math.exp((double) logit - largest);
    }
    enough = Double.isFinite(sum); // a row with NaN or infinity has to be looked at
  }

  private void insert(int end, int id, float logit) {
    int place = end;
    while (place > 0 && ids[place - 1] > id) {
      ids[place] = ids[place - 1];
      logits[place] = logits[place - 1];
      place--;
    }
    ids[place] = id;
    logits[place] = logit;
  }

  private int place(int id) {
    return Arrays.binarySearch(ids, 0, count, id);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  boolean lacks(int id) {
    return place(id) < 0;
  }

  @Override
  public float get(int id) {
    int place = place(id);
    enough &= place >= 0;
    return place >= 0 ? logits[place] : least;
  }

  @Override
  public void set(int id, float logit) {
    int place = place(id);
    enough &= place >= 0;
    if (place >= 0) {
      logits[place] = logit;
    }
  }

  @Override
  public void forbid(int id) {
    int place = place(id);
    if (place >= 0) {
      logits[place] = Float.NEGATIVE_INFINITY;
    }
  }

  @Override
  void keepOnly(int... kept) {
    enough = false;
  }

  @Override
  void keepOnly(TokenSet set, int... others) {
    enough = false;
  }

  /// The likeliest token of the whole row, of several the one with the lowest id; negative if it
  /// may be one that is not here.
  int argmax() {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return enough && logits[best] > least ? ids[best] : NONE;
  }

  /// Takes the tokens that are certainly likelier than all others.
  ///
  /// @param lowered whether tokens that are not here may have become less likely
  /// @param tail gets bounds of what all others weigh
  /// @return whether there are any, and nothing needed a token that is not here
  boolean gather(Candidates candidates, float temperature, boolean lowered, Tail tail) {
    float bound = least / temperature;
    candidates.clear(count);
    for (int i = 0; i < count && enough; i++) {
      if (logits[i] / temperature > bound) {
        candidates.add(ids[i], logits[i] / temperature);
      }
    }
    if (!enough || candidates.size == 0) {
      return false;
    }
    candidates.weigh();
    estimate(temperature, candidates.largest(), tail);
    if (lowered) {
      tail.lower();
    }
    for (int i = 0; i < count; i++) {
      if (logits[i] / temperature <= bound) {
        tail.add(Math.exp(logits[i] / temperature - candidates.largest()));
      }
    }
    tail.largest = Math.exp(bound - candidates.largest());
    return true;
  }

  private void estimate(float temperature, double largestCandidate, Tail tail) {
    double bound = Math.exp((double) least - largest);
    double scale = Math.exp((double) largest / temperature - largestCandidate);
    tail.estimate(sum, knownSum, bound, size - count, 1 / (double) temperature, scale);
  }
}
