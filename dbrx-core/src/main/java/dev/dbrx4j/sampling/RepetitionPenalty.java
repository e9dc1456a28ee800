package dev.dbrx4j.sampling;

/// Makes tokens that occurred less likely, once however often they did (Keskar et al. 2019).
record RepetitionPenalty(float penalty) implements LogitsStep {
  @Override
  public void apply(TokenHistory history, LogitsRow row) {
    boolean lowers = penalty >= 1;
    TokenCounts counts = history.counts();
    for (int place = 0; place < counts.size(); place++) {
      int id = counts.id(place);
      if (id < row.size() && !(lowers && row.lacks(id))) {
        float logit = row.get(id);
        row.set(id, logit < 0 ? logit * penalty : logit / penalty);
      }
    }
  }
}
