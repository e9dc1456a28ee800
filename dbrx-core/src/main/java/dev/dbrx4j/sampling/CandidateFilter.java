package dev.dbrx4j.sampling;

/// Removes unlikely tokens before the draw. Always leaves at least one.
@FunctionalInterface
interface CandidateFilter {
  void apply(Candidates candidates);

  /// Does the same where only the likeliest tokens are there, if that leaves what it would leave of
  /// all. As the first filter only: none may have been removed yet.
  ///
  /// @param tail the tokens that are not there, each less likely than those that are
  /// @return whether that is certain; if not, nothing was done
  default boolean applyToLikeliest(Candidates likeliest, Tail tail) {
    return false;
  }
}
