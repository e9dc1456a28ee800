package dev.dbrx4j.sampling;

/// Forbids tokens while the sequence, prompt included, has at least `from` and fewer than `to`
/// tokens: always, until a least length, or at the beginning.
final class Forbid implements LogitsStep {
  private final int from;
  private final int to;
  private final int[] ids;

  Forbid(int from, int to, int... ids) {
    this.from = from;
    this.to = to;
    this.ids = ids;
  }

  @Override
  public void apply(TokenHistory history, LogitsRow row) {
    if (history.size() >= from && history.size() < to) {
      for (int id : ids) {
        row.forbid(id);
      }
    }
  }
}
