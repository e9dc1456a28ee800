package dev.dbrx4j.sampling;

/// Makes NaN 0 and positive infinity the largest float. Negative infinity stays, where Hugging Face
/// makes it finite and so lifts every ban.
record RemoveInvalid() implements LogitsStep {
  @Override
  public void apply(TokenHistory history, LogitsRow row) {
    for (int id = 0; id < row.size(); id++) {
      float logit = row.get(id);
      if (Float.isNaN(logit)) {
        row.set(id, 0);
      } else if (logit == Float.POSITIVE_INFINITY) {
        row.set(id, Float.MAX_VALUE);
      }
    }
  }
}
