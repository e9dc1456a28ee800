package dev.dbrx4j.sampling;

/// Keeps the `count` likeliest tokens and all that tie with the last of them (Fan et al. 2018).
record TopK(int count) implements CandidateFilter {
  @Override
  public void apply(Candidates candidates) {
    candidates.keepFrom(candidates.logits, candidates.nthKey(candidates.logits, count), 1);
  }

  @Override
  public boolean applyToLikeliest(Candidates likeliest, Tail tail) {
    if (likeliest.size < count) {
      return false;
    }
    apply(likeliest);
    return true;
  }
}
