package dev.dbrx4j.engine;

import dev.dbrx4j.TokenLogprobs;
import dev.dbrx4j.sampling.Logprobs;
import dev.dbrx4j.spi.LogitsRows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Works out how likely each token of a prompt was after those before it.
final class PromptLogprobs implements PromptRows {
  /// Bounds the logits that a pass leaves behind, a row a token.
  private static final int PASS_TOKENS = 64;

  private final int[] prompt;
  private final Logprobs logprobs;
  private final List<TokenLogprobs> found = new ArrayList<>();

  PromptLogprobs(int[] prompt, int vocabSize, int top) {
    this.prompt = prompt;
    this.logprobs = new Logprobs(vocabSize, top);
  }

  /// Of all tokens but the first, which nothing comes before.
  List<TokenLogprobs> found() {
    return found;
  }

  @Override
  public int from() {
    return 0;
  }

  @Override
  public int passEnd(int start) {
    return Math.min(prompt.length, start + PASS_TOKENS);
  }

  @Override
  public LogitsRows rowsFor(int start, int end) {
    return LogitsRows.ALL;
  }

  @Override
  public void take(MemorySegment row, int position) {
    if (position + 1 < prompt.length) {
      found.add(logprobs.of(row, prompt[position + 1]));
    }
  }
}
