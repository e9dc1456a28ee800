package dev.dbrx4j.sampling;

import java.util.Arrays;

/// Guesses the next tokens from what followed the last ones when they occurred before (Saxena
/// 2023): the longest n-gram first, of several places the earliest.
final class PromptLookup {
  private static final int[] NOTHING = {};

  /// Tells whether a token cannot come after a history.
  @FunctionalInterface
  interface Ban {
    boolean forbids(TokenHistory history, int token);
  }

  private final int tokens;
  private final int longestNgram;
  private final int[] eosIds;
  private final Ban ban;

  PromptLookup(int tokens, int longestNgram, int[] eosIds, Ban ban) {
    this.tokens = tokens;
    this.longestNgram = longestNgram;
    this.eosIds = Arrays.stream(eosIds).sorted().toArray();
    this.ban = ban;
  }

  /// @param maxLength tokens that the sequence may have, the prompt included
  int[] propose(TokenHistory history, int maxLength) {
    int size = history.size();
    if (maxLength == size + 1) {
      return NOTHING;
    }
    for (int ngram = Math.min(longestNgram, size - 1); ngram > 0; ngram--) {
      for (int start = 0; start + ngram < size; start++) {
        if (history.repeatsAt(start, ngram)) {
          int from = start + ngram;
          int to = Math.min(Math.min(from + tokens, size), maxLength);
          int end = beforeEos(history, from, to);
          int allowed = allowed(history, from, end);
          if (end == from && to > from) {
            return NOTHING;
          }
          if (allowed > from) {
            return history.copyOfRange(from, allowed);
          }
        }
      }
    }
    return NOTHING;
  }

  private int beforeEos(TokenHistory history, int from, int to) {
    int end = from;
    while (end < to && Arrays.binarySearch(eosIds, history.get(end)) < 0) {
      end++;
    }
    return end;
  }

  private int allowed(TokenHistory history, int from, int to) {
    TokenHistory continued = history.copy();
    int end = from;
    while (end < to && !ban.forbids(continued, history.get(end))) {
      continued.add(history.get(end++));
    }
    return end;
  }
}
