package dev.dbrx4j.sampling;

/// Keeps the tokens whose surprise `-log p` is nearest to the expected one, the entropy, until they
/// reach a probability (Meister et al. 2022).
record TypicalP(double mass, int atLeast) implements CandidateFilter {
  @Override
  public void apply(Candidates candidates) {
    double entropy = candidates.entropy();
    for (int i = 0; i < candidates.size; i++) {
      candidates.keys[i] = -Math.abs(candidates.logProbability(i) + entropy);
    }
    candidates.keepFrom(candidates.keys, candidates.keyAtMass(candidates.keys, mass), atLeast);
  }
}
