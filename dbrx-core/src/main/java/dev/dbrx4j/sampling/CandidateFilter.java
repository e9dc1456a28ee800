package dev.dbrx4j.sampling;

/// Removes unlikely tokens before the draw. Always leaves at least one.
@FunctionalInterface
interface CandidateFilter {
  void apply(Candidates candidates);
}
