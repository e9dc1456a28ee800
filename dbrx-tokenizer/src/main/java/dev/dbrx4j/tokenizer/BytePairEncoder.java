package dev.dbrx4j.tokenizer;

import java.nio.ByteBuffer;

/// Encodes one piece: the lowest-ranked merge first, of equals the leftmost, until none is left.
///
/// Each round scans the whole piece for its lowest merge, which is the fastest way for a short
/// piece and quadratic for a long one. So a long piece is cut into windows; what is wrong at a seam
/// between two windows is found by [Merges#stayApart] and encoded again, in a middle part that
/// grows until both its ends hold. That makes the result exact, and the time linear.
///
/// Holds working memory: for one thread at a time.
final class BytePairEncoder {
  /// Bytes of a window.
  static final int WINDOW = 64;

  private final Vocabulary vocabulary;
  private final Merges merges;
  private final IdBuffer window = new IdBuffer(WINDOW);
  private final IdBuffer middle = new IdBuffer(2 * WINDOW);
  private int[] parts = new int[2 * WINDOW];
  private int[] ranks = new int[2 * WINDOW];

  BytePairEncoder(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.merges = vocabulary.merges();
  }

  /// Appends the ids of a piece that is no token.
  void encode(ByteBuffer utf8, int from, int to, IdBuffer out) {
    if (to - from <= WINDOW) {
      encodeShort(utf8, from, to, out);
    } else {
      encodeLong(utf8, from, to, out);
    }
  }

  private void encodeLong(ByteBuffer utf8, int from, int to, IdBuffer out) {
    int first = out.size();
    for (int at = from; at < to; at += WINDOW) {
      window.truncate(0);
      encodeShort(utf8, at, Math.min(at + WINDOW, to), window);
      if (at == from || merges.stayApart(out.last(), window.get(0))) {
        out.addAll(window, 0);
      } else {
        join(utf8, at, out, first);
      }
    }
  }

  /// Appends the window that begins at `seam`, whose first token does not stand beside the last
  /// one: encodes again from some tokens before the seam to some tokens after it.
  private void join(ByteBuffer utf8, int seam, IdBuffer out, int first) {
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
      leftHolds = kept == first || merges.stayApart(out.get(kept - 1), middle.get(0));
      rightHolds = skipped == window.size() || merges.stayApart(middle.last(), window.get(skipped));
    }
    out.truncate(kept);
    out.addAll(middle, 0);
    out.addAll(window, skipped);
  }

  private void encodeShort(ByteBuffer utf8, int from, int to, IdBuffer out) {
    int id = vocabulary.find(utf8, from, to);
    if (id >= 0) {
      out.add(id);
      return;
    }
    int count = start(utf8, from, to);
    for (int at = lowest(count); at >= 0; at = lowest(count)) {
      count = merge(ranks[at], at, count);
    }
    for (int i = 0; i < count; i++) {
      out.add(parts[i]);
    }
  }

  /// One part for each byte, each with the rank of its merge with the next; returns their number.
  private int start(ByteBuffer utf8, int from, int to) {
    int count = to - from;
    if (parts.length < count) {
      parts = new int[2 * count];
      ranks = new int[2 * count];
    }
    byte here = utf8.get(from);
    for (int i = 0; i < count - 1; i++) {
      byte next = utf8.get(from + i + 1);
      parts[i] = vocabulary.byteId(here);
      ranks[i] = vocabulary.bytePair(here, next);
      here = next;
    }
    parts[count - 1] = vocabulary.byteId(here);
    ranks[count - 1] = PairTable.NONE;
    return count;
  }

  /// Where the lowest rank first occurs, or -1.
  private int lowest(int count) {
    int rank = PairTable.NONE;
    int at = -1;
    for (int i = 0; i < count; i++) {
      if (ranks[i] < rank) {
        rank = ranks[i];
        at = i;
      }
    }
    return at;
  }

  /// Applies a merge everywhere, first at `at`; returns how many parts remain. New neighbours can
  /// only merge to higher ranks, so doing all of one rank at once keeps the order.
  private int merge(int rank, int at, int count) {
    int write = at;
    for (int read = at; read < count; write++) {
      if (ranks[read] == rank) {
        read += 2;
        parts[write] = rank;
        ranks[write] = read < count ? merges.merged(rank, parts[read]) : PairTable.NONE;
        if (write > 0) {
          ranks[write - 1] = merges.merged(parts[write - 1], rank);
        }
      } else {
        parts[write] = parts[read];
        ranks[write] = ranks[read];
        read++;
      }
    }
    return write;
  }
}
