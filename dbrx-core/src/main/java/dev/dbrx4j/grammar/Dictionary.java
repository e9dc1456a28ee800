package dev.dbrx4j.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/// Words, each with a rank and what follows it, sorted by their bytes. A part of it is a set of
/// words with a common beginning, which makes it a trie that takes no memory beside the words.
final class Dictionary {
  /// No word comes twice in it.
  private final byte[][] words;

  private final int[] ranks;
  private final Expression[] followers;
  private final int[] placeOfRank;
  private final int[] tokens;
  final boolean regular;

  /// @param words by rank, all different
  /// @param regular whether nothing that follows a word calls a rule
  Dictionary(List<byte[]> words, boolean regular) {
    this.regular = regular;
    ranks =
        IntStream.range(0, words.size())
            .boxed()
            .sorted(Comparator.comparing(words::get, Arrays::compareUnsigned))
            .mapToInt(i -> i)
            .toArray();
    this.words = Arrays.stream(ranks).mapToObj(words::get).toArray(byte[][]::new);
    followers = new Expression[ranks.length];
    Arrays.fill(followers, Expression.EMPTY);
    tokens = new int[ranks.length];
    placeOfRank = new int[ranks.length];
    for (int place = 0; place < ranks.length; place++) {
      placeOfRank[ranks[place]] = place;
    }
  }

  /// Sets what follows a word, before any part of the dictionary with this word is made.
  void follow(int rank, Expression follower) {
    followers[placeOfRank[rank]] = follower;
  }

  int size() {
    return words.length;
  }

  byte[] word(int place) {
    return words[place];
  }

  /// Tokens that spell a word without its first bytes.
  int tokens(int place, int depth, ToIntFunction<byte[]> tokensOf) {
    byte[] word = words[place];
    if (depth > 0) {
      return tokensOf.applyAsInt(Arrays.copyOfRange(word, depth, word.length));
    }
    if (tokens[place] == 0) {
      tokens[place] = tokensOf.applyAsInt(word);
    }
    return tokens[place];
  }

  int rank(int place) {
    return ranks[place];
  }

  Expression follower(int place) {
    return followers[place];
  }

  /// The first place from `from` on, and before `to`, whose word has at least a byte at a depth.
  int bound(int from, int to, int depth, int value) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(middle, depth) < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int at(int place, int depth) {
    return depth < words[place].length ? words[place][depth] & 0xFF : -1;
  }
}
