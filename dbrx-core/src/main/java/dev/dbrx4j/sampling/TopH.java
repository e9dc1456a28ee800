package dev.dbrx4j.sampling;

/// Of the 100 likeliest tokens keeps those that together carry a part of their entropy (Baghaei
/// Potraghloo et al. 2025).
record TopH(double fraction) implements CandidateFilter {
  static final int CONSIDERED = 100;

  @Override
  public void apply(Candidates candidates) {
    candidates.keepCount(CONSIDERED);
    for (int i = 0; i < candidates.size; i++) {
      double logProbability = candidates.logProbability(i);
      candidates.keys[i] = -Math.exp(logProbability) * logProbability;
    }
    candidates.keepWithin(candidates.keys, fraction * candidates.entropy());
  }

  @Override
  public boolean applyToLikeliest(Candidates likeliest, Tail tail) {
    if (likeliest.size < CONSIDERED) {
      return false;
    }
    apply(likeliest);
    return true;
  }
}
