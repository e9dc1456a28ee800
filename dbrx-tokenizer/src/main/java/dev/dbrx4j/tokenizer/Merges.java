package dev.dbrx4j.tokenizer;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The merges of a byte-pair vocabulary in the order in which they apply. The first 256 ids are
/// bytes; merge i makes the token 256 + i of two earlier tokens, so ids are ranks.
final class Merges {
  /// The ids that stand for one byte each come first.
  static final int BYTES = 256;

  private final int[] lefts;
  private final int[] rights;
  private int size;

  /// Built when it is first asked for: nothing should wait for it that can do without.
  private volatile @Nullable PairTable pairs;

  private volatile @Nullable CertainPairs certain;

  /// No merges yet, and room for so many.
  Merges(int capacity) {
    this.lefts = new int[capacity];
    this.rights = new int[capacity];
  }

  Merges(TableReader in) {
    this.lefts = in.ints();
    this.rights = in.ints();
    this.size = lefts.length;
    this.pairs = new PairTable(in);
    this.certain = new CertainPairs(in);
  }

  /// Writes what [#Merges(TableReader)] reads.
  void writeTo(TableWriter out) throws IOException {
    out.write(lefts);
    out.write(rights);
    pairs().writeTo(out);
    certainPairs().writeTo(out);
  }

  /// Adds the next merge, of two earlier tokens.
  void add(int left, int right) {
    lefts[size] = left;
    rights[size] = right;
    PairTable built = pairs;
    if (built != null) {
      built.put(left, right, BYTES + size);
    }
    size++;
  }

  /// One more than the largest id so far.
  int ids() {
    return BYTES + size;
  }

  /// Whether the other has the same merges.
  boolean equalTo(Merges other) {
    return Arrays.equals(lefts, 0, size, other.lefts, 0, other.size)
        && Arrays.equals(rights, 0, size, other.rights, 0, other.size);
  }

  /// The first of the two tokens that merge to this one, which is no byte.
  int left(int id) {
    return lefts[id - BYTES];
  }

  /// The second of the two tokens that merge to this one, which is no byte.
  int right(int id) {
    return rights[id - BYTES];
  }

  /// What two tokens merge to, or [PairTable#NONE].
  int merged(int left, int right) {
    return pairs().merged(left, right);
  }

  /// What each pair merges to.
  PairTable pairs() {
    PairTable built = pairs;
    return built == null ? buildPairs() : built;
  }

  /// The pairs of bytes with which merging may begin; to be asked for when the merges are complete.
  CertainPairs certainPairs() {
    CertainPairs built = certain;
    if (built == null) {
      built = new CertainPairs(this);
      certain = built;
    }
    return built;
  }

  private synchronized PairTable buildPairs() {
    PairTable built = pairs;
    if (built == null) {
      built = new PairTable(lefts.length);
      for (int id = BYTES; id < ids(); id++) {
        built.put(left(id), right(id), id);
      }
      pairs = built;
    }
    return built;
  }

  /// Whether two tokens are themselves the encoding of their bytes in a row: whether no merge ever
  /// reaches across the seam.
  ///
  /// Takes the two apart again, the later merge first, and asks at each step for a merge across the
  /// seam that would have come earlier. Of two merges of the same rank the left one comes first. A
  /// sequence of tokens is the encoding of its bytes exactly if all its neighbours stay apart.
  boolean stayApart(int left, int right) {
    int first = left;
    int second = right;
    int limit = PairTable.NONE;
    while (merged(first, second) >= limit) {
      if (first < BYTES && second < BYTES) {
        return true;
      }
      if (first > second) {
        limit = first;
        first = right(first);
      } else {
        limit = second + 1;
        second = left(second);
      }
    }
    return false;
  }
}
