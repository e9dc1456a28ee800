package dev.dbrx4j.sampling;

import dev.dbrx4j.TokenLogprobs;
import dev.dbrx4j.TokenLogprobs.TokenLogprob;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Computes log-probabilities from rows of logits: `logit - log(sum(exp(logits)))`, in double. Used
/// by one thread at a time.
public final class Logprobs {
  private final WholeRow row;
  private final Candidates likeliest;
  private final int top;

  /// Prepares for one model.
  ///
  /// @param vocabSize logits a row
  /// @param top how many of the likeliest tokens to name
  public Logprobs(int vocabSize, int top) {
    row = new WholeRow(vocabSize);
    likeliest = new Candidates(vocabSize);
    this.top = Math.min(top, vocabSize);
  }

  /// {@return how likely a token was}
  ///
  /// @param logitsRow `[vocabSize]` float32 in native byte order, unchanged
  /// @param token the token that followed
  public TokenLogprobs of(MemorySegment logitsRow, int token) {
    row.wrap(logitsRow);
    double logTotal = row.logTotal();
    return new TokenLogprobs(token, row.get(token) - logTotal, rank(token), top(logTotal));
  }

  /// {@return the logarithm of a token's probability alone}
  ///
  /// @param logitsRow `[vocabSize]` float32 in native byte order, unchanged
  /// @param token the token that followed
  public double logprob(MemorySegment logitsRow, int token) {
    row.wrap(logitsRow);
    return row.get(token) - row.logTotal();
  }

  private int rank(int token) {
    float logit = row.get(token);
    int rank = 1;
    for (int id = 0; id < row.size(); id++) {
      if (row.get(id) > logit) {
        rank++;
      }
    }
    return rank;
  }

  private List<TokenLogprob> top(double logTotal) {
    if (top == 0) {
      return List.of();
    }
    likeliest.gather(row, 1, top);
    return IntStream.range(0, likeliest.size)
        .mapToObj(i -> new TokenLogprob(likeliest.ids[i], likeliest.logits[i] - logTotal))
        .sorted(Comparator.comparingDouble(t -> -t.logprob()))
        .limit(top)
        .toList();
  }
}
