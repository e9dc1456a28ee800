package dev.dbrx4j.sampling;

/// Leaves only some tokens, all alike, for the place after `size` tokens.
final class Force implements LogitsStep {
  private final int size;
  private final int[] ids;

  Force(int size, int... ids) {
    this.size = size;
    this.ids = ids;
  }

  @Override
  public void apply(TokenHistory history, LogitsRow row) {
    if (history.size() == size) {
      row.keepOnly(ids);
      for (int id : ids) {
        row.set(id, 0);
      }
    }
  }
}
