package dev.dbrx4j;

/// What came out of a generation.
public final class GenerationResult {
  private final String text;
  private final int[] tokenIds;
  private final int promptTokens;
  private final int cachedPromptTokens;
  private final FinishReason finishReason;
  private final Timings timings;

  /// Creates a result.
  ///
  /// @param text the text
  /// @param tokenIds the tokens
  /// @param promptTokens tokens of the prompt
  /// @param cachedPromptTokens how many of them were in the KV cache already
  /// @param finishReason why it ended
  /// @param timings where the time went
  public GenerationResult(
      String text,
      int[] tokenIds,
      int promptTokens,
      int cachedPromptTokens,
      FinishReason finishReason,
      Timings timings) {
    this.text = text;
    this.tokenIds = tokenIds.clone();
    this.promptTokens = promptTokens;
    this.cachedPromptTokens = cachedPromptTokens;
    this.finishReason = finishReason;
    this.timings = timings;
  }

  /// {@return the generated text without the prompt, the end-of-sequence token and the stop string;
  /// empty for a model without a tokenizer}
  public String text() {
    return text;
  }

  /// {@return all generated token ids, those that ended the text included}
  public int[] tokenIds() {
    return tokenIds.clone();
  }

  /// {@return how many tokens the prompt had}
  public int promptTokens() {
    return promptTokens;
  }

  /// {@return how many of the prompt's tokens needed no prefill, because the KV cache held them}
  public int cachedPromptTokens() {
    return cachedPromptTokens;
  }

  /// {@return why the generation ended}
  public FinishReason finishReason() {
    return finishReason;
  }

  /// {@return where the time went}
  public Timings timings() {
    return timings;
  }

  /// {@return the text}
  @Override
  public String toString() {
    return text;
  }
}
