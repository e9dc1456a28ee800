package dev.dbrx4j.sampling;

import java.lang.foreign.MemorySegment;

/// Finds out what steps forbid by trying them on logits of 0.
final class ForbiddenTokens implements PromptLookup.Ban {
  private final LogitsStep[] steps;
  private final MemorySegment zeros;
  private final WholeRow row;

  ForbiddenTokens(LogitsStep[] steps, int vocabSize) {
    this.steps = steps;
    zeros = MemorySegment.ofArray(new float[vocabSize]);
    row = new WholeRow(vocabSize);
    row.wrap(zeros);
  }

  @Override
  public boolean forbids(TokenHistory history, int token) {
    if (steps.length == 0) {
      return false;
    }
    zeros.fill((byte) 0);
    for (LogitsStep step : steps) {
      step.apply(history, row);
    }
    return row.get(token) == Float.NEGATIVE_INFINITY;
  }
}
