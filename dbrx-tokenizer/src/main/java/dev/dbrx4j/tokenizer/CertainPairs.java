package dev.dbrx4j.tokenizer;

import java.io.IOException;
import java.util.Arrays;

/// Tells which pairs of bytes merge before anything else can reach either of them, so that merging
/// may begin with them: most often the bytes of one character.
///
/// A merge's rank is above those of its parts, so merges apply in the order of ranks. What could
/// take the first byte of a pair away is a merge with some token that ends before it, whose last
/// byte is known; a pair that comes before all of these, and likewise on its other side, is certain
/// to merge, and nothing that has the pair as a part comes earlier.
final class CertainPairs {
  /// Stands beside the first and the last byte of a piece.
  static final int NOTHING = Merges.BYTES;

  private static final int STRIDE = NOTHING + 1;

  /// For each byte and the one before it: the lowest merge of a token that ends there with the
  /// byte.
  private final int[] lowestBefore;

  /// For each byte and the one after it: the lowest merge of the byte with a token that begins
  /// there.
  private final int[] lowestAfter;

  CertainPairs(Merges merges) {
    this.lowestBefore = new int[Merges.BYTES * STRIDE];
    this.lowestAfter = new int[Merges.BYTES * STRIDE];
    Arrays.fill(lowestBefore, PairTable.NONE);
    Arrays.fill(lowestAfter, PairTable.NONE);
    int[] first = new int[merges.ids()];
    int[] last = new int[merges.ids()];
    for (int id = 0; id < merges.ids(); id++) {
      boolean isByte = id < Merges.BYTES;
      first[id] = isByte ? id : first[merges.left(id)];
      last[id] = isByte ? id : last[merges.right(id)];
      if (!isByte) {
        add(id, merges.left(id), merges.right(id), first, last);
      }
    }
  }

  private void add(int id, int left, int right, int[] first, int[] last) {
    if (right < Merges.BYTES) {
      int at = right * STRIDE + last[left];
      lowestBefore[at] = Math.min(lowestBefore[at], id);
    }
    if (left < Merges.BYTES) {
      int at = left * STRIDE + first[right];
      lowestAfter[at] = Math.min(lowestAfter[at], id);
    }
  }

  CertainPairs(TableReader in) {
    this.lowestBefore = in.ints();
    this.lowestAfter = in.ints();
  }

  /// Writes what [#CertainPairs(TableReader)] reads.
  void writeTo(TableWriter out) throws IOException {
    out.write(lowestBefore);
    out.write(lowestAfter);
  }

  /// Whether two bytes are certain to merge to `merged`, which may be [PairTable#NONE], between the
  /// bytes before and after them, or [#NOTHING].
  boolean contains(int before, int left, int right, int after, int merged) {
    return merged < lowestBefore[left * STRIDE + before]
        && merged < lowestAfter[right * STRIDE + after];
  }
}
