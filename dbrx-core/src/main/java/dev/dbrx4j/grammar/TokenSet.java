package dev.dbrx4j.grammar;

import java.util.Arrays;

/// Tokens that may come next, and where in the trie of tokens an expression may end with more of
/// the token to come. Immutable; the tokens are a short list or a bit each.
public final class TokenSet {
  private static final int FEW = 64;

  private final int[] few;
  private final long[] bits;
  private final boolean isFew;
  private final int[] exits;
  private final int longest;

  private TokenSet(boolean isFew, int[] few, long[] bits, int[] exits, int longest) {
    this.isFew = isFew;
    this.few = few;
    this.bits = bits;
    this.exits = exits;
    this.longest = longest;
  }

  /// {@return whether the tokens are few, so that [#ids()] lists them}
  public boolean isFew() {
    return isFew;
  }

  /// {@return the tokens, if they are few; not to be changed}
  public int[] ids() {
    return few;
  }

  /// {@return a bit for each token of the vocabulary, if they are not few; not to be changed}
  public long[] bits() {
    return bits;
  }

  /// {@return whether a token is among them}
  ///
  /// @param token a token of the vocabulary
  public boolean has(int token) {
    return isFew ? Arrays.binarySearch(few, token) >= 0 : (bits[token >> 6] >>> token & 1) != 0;
  }

  /// {@return whether there are none}
  public boolean isEmpty() {
    return isFew && few.length == 0;
  }

  /// {@return how many there are}
  public int size() {
    return isFew ? few.length : Arrays.stream(bits).mapToInt(Long::bitCount).sum();
  }

  /// Nodes of the trie with children, after whose bytes the expression may end.
  int[] exits() {
    return exits;
  }

  /// The most tokens that may be missing after one of these; an upper bound.
  int longest() {
    return longest;
  }

  /// Collects tokens.
  static final class Builder {
    private final long[] bits;
    private int[] exits = new int[16];
    private int exitCount;
    private int longest;

    Builder(int vocabSize) {
      bits = new long[(vocabSize + 63) >> 6];
    }

    void add(int token, int missing) {
      bits[token >> 6] |= 1L << token;
      longest = Math.max(longest, missing);
    }

    void addExit(int node) {
      if (exitCount == exits.length) {
        exits = Arrays.copyOf(exits, 2 * exitCount);
      }
      exits[exitCount++] = node;
    }

    /// Adds all tokens of a set, but not its exits.
    void addAll(TokenSet set, int behind) {
      if (set.isFew) {
        for (int token : set.few) {
          bits[token >> 6] |= 1L << token;
        }
      } else {
        addAll(set.bits);
      }
      if (!set.isFew || set.few.length > 0) {
        longest = Math.max(longest, set.longest + behind);
      }
    }

    void addAll(long[] more, int missing) {
      addAll(more);
      longest = Math.max(longest, missing);
    }

    private void addAll(long[] more) {
      for (int i = 0; i < bits.length; i++) {
        bits[i] |= more[i];
      }
    }

    TokenSet build() {
      int size = Arrays.stream(bits).mapToInt(Long::bitCount).sum();
      int[] ends = Arrays.copyOf(exits, exitCount);
      return size <= FEW
          ? new TokenSet(true, ids(size), new long[0], ends, longest)
          : new TokenSet(false, new int[0], bits, ends, longest);
    }

    private int[] ids(int size) {
      int[] ids = new int[size];
      int count = 0;
      for (int i = 0; i < bits.length; i++) {
        for (long left = bits[i]; left != 0; left &= left - 1) {
          ids[count++] = (i << 6) + Long.numberOfTrailingZeros(left);
        }
      }
      return ids;
    }
  }
}
