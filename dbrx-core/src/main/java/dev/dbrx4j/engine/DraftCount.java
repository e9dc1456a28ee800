package dev.dbrx4j.engine;

/// Counts a sequence's drafted tokens, and those that came out as drafted.
final class DraftCount {
  private static final int[] NOTHING = {};

  private int[] draft = NOTHING;
  private int next;
  private int proposed;
  private int accepted;

  /// A draft ran; what is sampled next comes in its place.
  void ran(int... tokens) {
    draft = tokens;
    next = 0;
    proposed += tokens.length;
  }

  /// A token came out. The first that differs from the draft ends it.
  void sampled(int token) {
    if (next < draft.length && draft[next] == token) {
      next++;
      accepted++;
    } else {
      draft = NOTHING;
    }
  }

  int proposed() {
    return proposed;
  }

  int accepted() {
    return accepted;
  }
}
