package dev.dbrx4j.sampling;

/// Forbids tokens that would complete an n-gram that occurred, the prompt included. With n = 1 no
/// token comes twice.
record NoRepeatNgram(int n) implements LogitsStep {
  @Override
  public void apply(TokenHistory history, LogitsRow row) {
    int prefix = n - 1;
    for (int i = 0; i + prefix < history.size(); i++) {
      if (history.repeatsAt(i, prefix)) {
        row.forbid(history.get(i + prefix));
      }
    }
  }
}
