package dev.dbrx4j.tokenizer;

import java.util.Arrays;

/// Encodes one piece: the lowest-ranked merge first, of equals the leftmost, until none is left.
///
/// Each round looks over the whole piece for its lowest merge, which is the fastest way for a short
/// piece and quadratic for a long one. So a long piece is cut into windows; what is wrong at a seam
/// between two windows is found by [Merges#stayApart] and encoded again, in a middle part that
/// grows until both its ends hold. That makes the result exact, and the time linear.
///
/// Holds working memory: for one thread at a time.
final class BytePairEncoder {
  /// The most bytes of a window.
  static final int WINDOW = 48;

  /// Places looked over at once.
  private static final int STRIDE = 8;

  private static final long NO_MERGE = (long) PairTable.NONE << Integer.SIZE;

  private final Vocabulary vocabulary;
  private final ShortPieces shortPieces = new ShortPieces();
  private final LongPieces longPieces = new LongPieces();
  private final IdBuffer window = new IdBuffer(WINDOW);
  private final IdBuffer middle = new IdBuffer(2 * WINDOW);

  /// The tokens so far, each at the place of the first of those it is made of.
  private int[] parts = {};

  /// For each token the rank of its merge with the next, above its own place: the least is next.
  private long[] keys = {};

  private int[] next = {};
  private int[] previous = {};

  BytePairEncoder(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    reserve(2 * WINDOW);
  }

  private void reserve(int places) {
    if (keys.length < places + STRIDE) {
      parts = new int[places + 1];
      next = new int[places];
      previous = new int[places + 1];
      keys = new long[places + STRIDE];
    }
  }

  /// Appends the ids of a piece.
  void encode(byte[] utf8, int from, int to, IdBuffer out) {
    int length = to - from;
    if (length <= ShortPieces.MAX_BYTES) {
      long known = shortPieces.find(utf8, from, length);
      if (known != PackedIds.NONE) {
        out.addPacked(known);
      } else if (!longPieces.find(utf8, from, length, out)) {
        learn(utf8, from, length, out);
      }
    } else if (length <= LongPieces.MAX_BYTES) {
      if (!longPieces.find(utf8, from, length, out)) {
        learn(utf8, from, length, out);
      }
    } else if (length <= WINDOW) {
      encodeShort(utf8, from, to, out);
    } else {
      encodeLong(utf8, from, to, out);
    }
  }

  private void learn(byte[] utf8, int from, int length, IdBuffer out) {
    int first = out.size();
    encodeShort(utf8, from, from + length, out);
    if (length <= ShortPieces.MAX_BYTES && out.size() - first <= PackedIds.MAX_COUNT) {
      shortPieces.put(utf8, from, length, out, first);
    } else {
      longPieces.put(out, first);
    }
  }

  private void encodeLong(byte[] utf8, int from, int to, IdBuffer out) {
    int first = out.size();
    out.reserve((to - from) / 8 * 5);
    for (int at = from, end; at < to; at = end) {
      end = windowEnd(utf8, at, to);
      window.truncate(0);
      encodeShort(utf8, at, end, window);
      if (at == from || vocabulary.merges().stayApart(out.last(), window.get(0))) {
        out.addAll(window, 0);
      } else {
        join(utf8, at, out, first);
      }
    }
  }

  /// A window ends between two characters, where the seam is most likely to hold.
  private static int windowEnd(byte[] utf8, int from, int to) {
    if (to - from <= WINDOW) {
      return to;
    }
    int end = from + WINDOW;
    while ((utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return end;
  }

  /// Appends the window that begins at `seam`, whose first token does not stand beside the last
  /// one: encodes again from some tokens before the seam to some tokens after it.
  private void join(byte[] utf8, int seam, IdBuffer out, int first) {
    int kept = out.size();
    int skipped = 0;
    int from = seam;
    int to = seam;
    boolean leftHolds = false;
    boolean rightHolds = false;
    while (!leftHolds || !rightHolds) {
      for (int more = leftHolds ? 0 : out.size() - kept + 1; more > 0 && kept > first; more--) {
        from -= vocabulary.length(out.get(--kept));
      }
      for (int more = rightHolds ? 0 : skipped + 1; more > 0 && skipped < window.size(); more--) {
        to += vocabulary.length(window.get(skipped++));
      }
      middle.truncate(0);
      encodeShort(utf8, from, to, middle);
      leftHolds = kept == first || vocabulary.merges().stayApart(out.get(kept - 1), middle.get(0));
      rightHolds =
          skipped == window.size()
              || vocabulary.merges().stayApart(middle.last(), window.get(skipped));
    }
    out.truncate(kept);
    out.addAll(middle, 0);
    out.addAll(window, skipped);
  }

  /// Long tokens outside ASCII are so few that merging finds them in less time than looking.
  private void encodeShort(byte[] utf8, int from, int to, IdBuffer out) {
    boolean isLikely = to - from <= ShortPieces.MAX_BYTES || utf8[from + 1] >= 0;
    int id = isLikely ? vocabulary.find(utf8, from, to) : TokenTable.NONE;
    if (id >= 0) {
      out.add(id);
    } else {
      merge(utf8, from, to, out);
    }
  }

  private void merge(byte[] utf8, int from, int to, IdBuffer out) {
    Merges merges = vocabulary.merges();
    PairTable pairs = merges.pairs();
    reserve(to - from);
    int count = start(pairs, merges.certainPairs(), utf8, from, to);
    link(pairs, count);
    for (long lowest = lowest(count); lowest < NO_MERGE; lowest = lowest(count)) {
      merge(pairs, (int) (lowest >>> Integer.SIZE), (int) lowest);
    }
    for (int at = 0; at < count; at = next[at]) {
      out.add(parts[at]);
    }
  }

  /// The first tokens: pairs of bytes that are certain to merge, and single bytes. Returns their
  /// number.
  private int start(PairTable pairs, CertainPairs certain, byte[] utf8, int from, int to) {
    int count = 0;
    int before = CertainPairs.NOTHING;
    int here = vocabulary.byteId(utf8[from]);
    int following = from + 1 < to ? vocabulary.byteId(utf8[from + 1]) : CertainPairs.NOTHING;
    for (int at = from; at < to; at++) {
      int after = at + 2 < to ? vocabulary.byteId(utf8[at + 2]) : CertainPairs.NOTHING;
      int merged = following < Merges.BYTES ? pairs.mergedBytes(here, following) : PairTable.NONE;
      if (merged < PairTable.NONE && certain.contains(before, here, following, after, merged)) {
        parts[count++] = merged;
        at++;
        before = following;
        here = after;
        following = at + 2 < to ? vocabulary.byteId(utf8[at + 2]) : CertainPairs.NOTHING;
      } else {
        parts[count++] = here;
        before = here;
        here = following;
        following = after;
      }
    }
    return count;
  }

  /// Links the first tokens. After them stands one that merges with none, which also stands before
  /// the first.
  private void link(PairTable pairs, int count) {
    parts[count] = PairTable.MAX_IDS;
    for (int i = 0; i < count; i++) {
      keys[i] = key(pairs.merged(parts[i], parts[i + 1]), i);
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    previous[0] = count;
    Arrays.fill(keys, count, count + STRIDE, NO_MERGE);
  }

  private static long key(int rank, int place) {
    return (long) rank << Integer.SIZE | place;
  }

  /// The least key; without branches that depend on the text.
  private long lowest(int count) {
    long[] keys = this.keys;
    long lowest = NO_MERGE;
    for (int i = 0; i < count; i += STRIDE) {
      long a = Math.min(Math.min(keys[i], keys[i + 1]), Math.min(keys[i + 2], keys[i + 3]));
      long b = Math.min(Math.min(keys[i + 4], keys[i + 5]), Math.min(keys[i + 6], keys[i + 7]));
      lowest = Math.min(lowest, Math.min(a, b));
    }
    return lowest;
  }

  /// Applies a merge at a place.
  private void merge(PairTable pairs, int merged, int at) {
    int removed = next[at];
    int following = next[removed];
    int before = previous[at];
    keys[removed] = NO_MERGE;
    parts[at] = merged;
    next[at] = following;
    previous[following] = at;
    keys[at] = key(pairs.merged(merged, parts[following]), at);
    keys[before] = key(pairs.merged(parts[before], merged), before);
  }
}
