package dev.dbrx4j.sampling;

/// Keeps tokens of at least a probability that falls as the entropy rises: `min(epsilon,
/// sqrt(epsilon) * exp(-entropy))` (Hewitt et al. 2022).
record EtaCutoff(double epsilon, int atLeast) implements CandidateFilter {
  @Override
  public void apply(Candidates candidates) {
    double eta = Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-candidates.entropy()));
    candidates.keepWeights(eta * candidates.total, atLeast);
  }
}
