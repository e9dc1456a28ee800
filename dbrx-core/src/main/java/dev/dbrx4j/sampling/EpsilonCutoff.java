package dev.dbrx4j.sampling;

/// Keeps tokens of at least a probability (Hewitt et al. 2022).
record EpsilonCutoff(double epsilon, int atLeast) implements CandidateFilter {
  @Override
  public void apply(Candidates candidates) {
    candidates.keepWeights(epsilon * candidates.total, atLeast);
  }
}
