package dev.dbrx4j.sampling;

/// Favours the end of the sequence exponentially once it has more than `start` tokens: adds
/// `|logit| * (factor^(size - start) - 1)` to end-of-sequence tokens. One that is forbidden stays
/// so, where Hugging Face makes it NaN.
final class LengthDecay implements LogitsStep {
  private final int start;
  private final double factor;
  private final int[] eosIds;

  LengthDecay(int start, double factor, int... eosIds) {
    this.start = start;
    this.factor = factor;
    this.eosIds = eosIds;
  }

  @Override
  public void apply(TokenHistory history, LogitsRow row) {
    if (history.size() > start) {
      float growth = (float) (Math.pow(factor, history.size() - start) - 1);
      for (int id : eosIds) {
        float logit = row.get(id);
        if (logit != Float.NEGATIVE_INFINITY) {
          row.set(id, logit + Math.abs(logit) * growth);
        }
      }
    }
  }
}
