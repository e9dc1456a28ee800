package dev.dbrx4j.grammar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What tokens are made of when the same element comes again and again, such as the characters of a
/// string: how many elements each begins, so that the tokens for any number of repetitions are had
/// without another walk.
///
/// Only for elements of which none is the beginning of another.
final class Runs {
  /// Tokens, the most elements first.
  private final int[] tokens;

  private final int[] counts;
  private final int[] missing;
  private final int mostMissing;
  private final long[] bits;

  /// Nodes right after whole elements, where no further element goes on, and the elements before.
  private final int[] borders;

  private final int[] borderCounts;

  private Runs(Collector found, int vocabSize) {
    int[] order = byCount(found.counts);
    tokens = ordered(found.tokens, order);
    counts = ordered(found.counts, order);
    missing = ordered(found.missing, order);
    mostMissing = Arrays.stream(missing).max().orElse(0);
    bits = new long[(vocabSize + 63) >> 6];
    for (int token : tokens) {
      bits[token >> 6] |= 1L << token;
    }
    borders = found.borders.toArray();
    borderCounts = found.borderCounts.toArray();
  }

  /// Places by count, the greatest first.
  private static int[] byCount(IntList counts) {
    int most = Arrays.stream(counts.toArray()).max().orElse(0);
    int[] starts = new int[most + 2];
    for (int i = 0; i < counts.size; i++) {
      starts[most - counts.get(i) + 1]++;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    int[] order = new int[counts.size];
    for (int i = 0; i < counts.size; i++) {
      order[starts[most - counts.get(i)]++] = i;
    }
    return order;
  }

  private static int[] ordered(IntList values, int[] order) {
    int[] ordered = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      ordered[i] = values.get(order[i]);
    }
    return ordered;
  }

  /// Returns null if elements can be told apart only by what follows them.
  static @Nullable Runs of(Expression element, TokenTrie trie, Derivatives derivatives) {
    Collector found = new Collector();
    Expression[] states = new Expression[trie.maxDepth() + 1];
    int[] begun = new int[trie.maxDepth() + 1];
    states[0] = Expression.EMPTY;
    for (int node = 1; node < trie.size(); ) {
      int depth = trie.depth(node);
      Expression before = states[depth - 1];
      boolean whole = before == Expression.EMPTY;
      Expression after = derivatives.next(whole ? element : before, trie.label(node));
      if (after.accepts() && after != Expression.EMPTY) {
        return null;
      }
      begun[depth] = begun[depth - 1] + (whole ? 1 : 0);
      if (after == Expression.NOTHING) {
        if (whole) {
          found.addBorder(node, begun[depth - 1]);
        }
        node = trie.end(node);
        continue;
      }
      states[depth] = after;
      if (trie.isToken(node)) {
        found.add(trie.token(node), begun[depth], after.shortest);
      }
      node++;
    }
    return new Runs(found, trie.vocabSize());
  }

  /// Adds the tokens that lie within a repetition.
  ///
  /// @param behind tokens that what follows the repetition takes
  /// @param limit tokens that may be missing afterwards
  void addTo(TokenSet.Builder out, Expression element, int min, int max, int behind, int limit) {
    int most =
        (int) Math.min(Expression.NEVER, mostMissing + (long) min * element.shortest + behind);
    if (most <= limit) {
      addUpTo(max, out, most);
      return;
    }
    for (int i = 0; i < tokens.length; i++) {
      long left = missing[i] + (long) Math.max(0, min - counts[i]) * element.shortest + behind;
      if (counts[i] <= max && left <= limit) {
        out.add(tokens[i], (int) left);
      }
    }
  }

  private void addUpTo(int max, TokenSet.Builder out, int missing) {
    int tooLong = 0;
    while (tooLong < counts.length && counts[tooLong] > max) {
      tooLong++;
    }
    if (tooLong < tokens.length / 2) {
      long[] all = bits.clone();
      for (int i = 0; i < tooLong; i++) {
        all[tokens[i] >> 6] &= ~(1L << tokens[i]);
      }
      out.addAll(all, missing);
    } else {
      for (int i = tooLong; i < tokens.length; i++) {
        out.add(tokens[i], missing);
      }
    }
  }

  int borders() {
    return borders.length;
  }

  int border(int index) {
    return borders[index];
  }

  int elementsBefore(int index) {
    return borderCounts[index];
  }

  private static final class Collector {
    private final IntList tokens = new IntList();
    private final IntList counts = new IntList();
    private final IntList missing = new IntList();
    private final IntList borders = new IntList();
    private final IntList borderCounts = new IntList();

    void add(int token, int count, int lacks) {
      tokens.add(token);
      counts.add(count);
      missing.add(lacks);
    }

    void addBorder(int node, int count) {
      borders.add(node);
      borderCounts.add(count);
    }
  }
}
