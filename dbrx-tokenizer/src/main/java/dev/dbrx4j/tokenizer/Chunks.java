package dev.dbrx4j.tokenizer;

/// Where a long text can be cut so that its parts are encoded one by one: between a letter and
/// something else, where every piece ends and none looks back.
final class Chunks {
  /// Characters of a chunk; more only where there is no place to cut.
  static final int CHARS = 2048;

  private Chunks() {}

  /// The end of a chunk that begins at `from`, in a text that ends at `to`.
  static int end(String text, int from, int to) {
    int searched = from;
    for (long size = CHARS; size < to - from; size *= 2) {
      int limit = (int) (from + size);
      for (int at = limit; at > searched; at--) {
        if (isCut(text, at)) {
          return at;
        }
      }
      searched = limit;
    }
    return to;
  }

  /// The start of a chunk that ends at `to`, in a text that begins at `from`.
  static int start(String text, int from, int to) {
    int searched = to;
    for (long size = CHARS; size < to - from; size *= 2) {
      int limit = (int) (to - size);
      for (int at = limit; at < searched; at++) {
        if (isCut(text, at)) {
          return at;
        }
      }
      searched = limit;
    }
    return from;
  }

  private static boolean isCut(String text, int at) {
    char before = text.charAt(at - 1);
    char after = text.charAt(at);
    return !Character.isSurrogate(before)
        && !Character.isSurrogate(after)
        && CharacterClasses.of(before) == CharacterClasses.LETTER
        && CharacterClasses.of(after) != CharacterClasses.LETTER;
  }
}
