package dev.dbrx4j.spi;

import java.lang.foreign.MemorySegment;

/// Next-token scores that a forward pass gave, float32 in native byte order. The memory belongs to
/// the runner: it may be overwritten by the caller (logits processors do) and is valid until the
/// runner's next call.
///
/// Rows may lie on a device and be brought from there when they are asked for. Then a device often
/// says at once which tokens are the likeliest, which is enough for most picks.
public interface Logits {
  /// {@return sequences or positions}
  int rows();

  /// {@return scores a row}
  int vocabSize();

  /// {@return one row's scores, `[vocabSize]`}
  ///
  /// @param index the row, from 0
  MemorySegment row(int index);

  /// {@return all scores, `[rows, vocabSize]` without gaps}
  MemorySegment data();

  /// {@return how many of each row's likeliest tokens are known without the row; 0 if none}
  default int likeliestCount() {
    return 0;
  }

  /// {@return what is known of a row without the row: float32 `[1 + 2 * likeliestCount()]`, the sum
  /// of `exp(logit - largest logit)` over the whole row, with a relative error of at most
  /// [#SUM_ERROR]; the largest logits, exactly, in descending order; their tokens' ids}
  ///
  /// @param index the row, from 0
  default MemorySegment likeliest(int index) {
    throw new UnsupportedOperationException("only whole rows are known");
  }

  /// Relative error of sums in [#likeliest], at most. Adding 100,000 float32 numbers in a tree errs
  /// by 1e-6, in one chain by 1e-5 as a rule.
  double SUM_ERROR = 1e-4;

  /// {@return scores that lie in the program's reach}
  ///
  /// @param data the scores, `[rows, vocabSize]` without gaps
  /// @param rows sequences or positions
  /// @param vocabSize scores a row
  static Logits of(MemorySegment data, int rows, int vocabSize) {
    return new LogitsHere(data, rows, vocabSize);
  }
}
