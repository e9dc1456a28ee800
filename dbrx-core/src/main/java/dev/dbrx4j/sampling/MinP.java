package dev.dbrx4j.sampling;

/// Keeps tokens at least `fraction` times as likely as the likeliest (Nguyen et al. 2024).
record MinP(double fraction, int atLeast) implements CandidateFilter {
  @Override
  public void apply(Candidates candidates) {
    double likeliest = candidates.nthKey(candidates.weights, 1);
    candidates.keepFrom(candidates.weights, fraction * likeliest, atLeast);
  }

  @Override
  public boolean applyToLikeliest(Candidates likeliest, Tail tail) {
    if (tail.largest >= fraction || likeliest.size < atLeast) {
      return false;
    }
    apply(likeliest);
    return true;
  }
}
