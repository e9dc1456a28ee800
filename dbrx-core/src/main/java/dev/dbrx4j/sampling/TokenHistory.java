package dev.dbrx4j.sampling;

import dev.dbrx4j.LogitsProcessor;
import dev.dbrx4j.grammar.Expression;
import dev.dbrx4j.grammar.TokenGrammar;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A sequence's tokens so far, prompt first. Counts are brought up to date when asked for, so they
/// cost nothing where nothing counts.
final class TokenHistory implements LogitsProcessor.Tokens {
  private final int promptSize;
  private int[] ids;
  private int size;
  private final TokenCounts counts = new TokenCounts();
  private final TokenCounts generatedCounts = new TokenCounts();
  private int counted;
  private int generatedCounted;
  private @Nullable Expression state;
  private int matched;

  TokenHistory(int[] promptIds) {
    promptSize = promptIds.length;
    generatedCounted = promptSize;
    size = promptSize;
    ids = Arrays.copyOf(promptIds, promptSize + 64);
  }

  TokenHistory copy() {
    TokenHistory copy = new TokenHistory(Arrays.copyOf(ids, promptSize));
    for (int i = promptSize; i < size; i++) {
      copy.add(ids[i]);
    }
    copy.state = state;
    copy.matched = matched;
    return copy;
  }

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int promptSize() {
    return promptSize;
  }

  @Override
  public int get(int index) {
    return ids[index];
  }

  int[] copyOfRange(int from, int to) {
    return Arrays.copyOfRange(ids, from, to);
  }

  /// How often each token occurred, the prompt included.
  TokenCounts counts() {
    while (counted < size) {
      counts.add(ids[counted++]);
    }
    return counts;
  }

  /// How often each token was generated.
  TokenCounts generatedCounts() {
    while (generatedCounted < size) {
      generatedCounts.add(ids[generatedCounted++]);
    }
    return generatedCounts;
  }

  /// What a grammar leaves open after the generated tokens; always asked for the same grammar.
  Expression state(TokenGrammar grammar) {
    Expression reached = state;
    if (reached == null) {
      reached = grammar.start();
      matched = promptSize;
    }
    while (matched < size) {
      reached = grammar.next(reached, ids[matched++]);
    }
    state = reached;
    return reached;
  }

  boolean endsWith(int... tokens) {
    int from = size - tokens.length;
    return from >= 0 && Arrays.equals(ids, from, size, tokens, 0, tokens.length);
  }

  /// Whether the `length` tokens from `index` on are the history's last ones.
  boolean repeatsAt(int index, int length) {
    return Arrays.equals(ids, index, index + length, ids, size - length, size);
  }
}
