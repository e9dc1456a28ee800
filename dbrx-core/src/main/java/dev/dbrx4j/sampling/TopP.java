package dev.dbrx4j.sampling;

/// Keeps the fewest likeliest tokens that together reach a probability: nucleus sampling (Holtzman
/// et al. 2019). A probability of 0 keeps one.
record TopP(double mass, int atLeast) implements CandidateFilter {
  @Override
  public void apply(Candidates candidates) {
    candidates.keepMass(mass, atLeast);
  }
}
