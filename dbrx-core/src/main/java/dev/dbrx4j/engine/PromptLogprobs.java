package dev.dbrx4j.engine;

import dev.dbrx4j.TokenLogprobs;
import dev.dbrx4j.sampling.Logprobs;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.util.ArrayList;
import java.util.List;

/// Works out how likely tokens of a prompt were after those before them.
public final class PromptLogprobs implements PromptRows {
  /// Bounds the logits that a pass leaves behind, a row a token.
  private static final int PASS_TOKENS = 64;

  private final int[] prompt;
  private final int from;
  private final Logprobs logprobs;
  private final List<TokenLogprobs> found = new ArrayList<>();

  /// Prepares for a prompt.
  ///
  /// @param prompt its tokens
  /// @param from the position before the first token to look at
  /// @param vocabSize logits a row
  /// @param top how many of the likeliest tokens to name
  public PromptLogprobs(int[] prompt, int from, int vocabSize, int top) {
    this.prompt = prompt.clone();
    this.from = from;
    this.logprobs = new Logprobs(vocabSize, top);
  }

  /// {@return how likely each token behind the first position was; all once the request has ended}
  public List<TokenLogprobs> found() {
    return found;
  }

  @Override
  public int from() {
    return from;
  }

  @Override
  public int passEnd(int start) {
    return start < from ? from : Math.min(prompt.length, start + PASS_TOKENS);
  }

  @Override
  public LogitsRows rowsFor(int start, int end) {
    return start < from ? LogitsRows.NONE : LogitsRows.ALL;
  }

  @Override
  public void take(Logits logits, int row, int position) {
    if (position >= from && position + 1 < prompt.length) {
      found.add(logprobs.of(logits.row(row), prompt[position + 1]));
    }
  }
}
