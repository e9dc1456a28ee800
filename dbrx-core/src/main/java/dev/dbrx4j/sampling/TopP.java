package dev.dbrx4j.sampling;

/// Keeps the fewest likeliest tokens that together reach a probability: nucleus sampling (Holtzman
/// et al. 2019). A probability of 0 keeps one.
record TopP(double mass, int atLeast) implements CandidateFilter {
  /// More than sums of weights differ that are added in another order.
  private static final double ROUNDING = 1e-9;

  @Override
  public void apply(Candidates candidates) {
    candidates.keepMass(mass, atLeast);
  }

  /// The tail counts for the sum of which `mass` is a part. Whatever it is, within its bounds, the
  /// same tokens have to come out.
  @Override
  public boolean applyToLikeliest(Candidates likeliest, Tail tail) {
    int fewest = likeliest.countAtMass(mass * (likeliest.total + tail.least) * (1 - ROUNDING));
    int most = likeliest.countAtMass(mass * (likeliest.total + tail.most) * (1 + ROUNDING));
    if (fewest != most || most > likeliest.size || likeliest.size < atLeast) {
      return false;
    }
    likeliest.total += tail.most;
    apply(likeliest);
    return true;
  }
}
