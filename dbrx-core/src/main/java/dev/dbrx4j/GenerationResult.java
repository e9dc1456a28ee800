package dev.dbrx4j;

import java.util.List;

/// What came out of a generation.
public final class GenerationResult {
  private final String text;
  private final int[] tokenIds;
  private final int promptTokens;
  private final int cachedPromptTokens;
  private final FinishReason finishReason;
  private final Timings timings;
  private final List<TokenLogprobs> logprobs;
  private final List<TokenLogprobs> promptLogprobs;

  /// Creates a result without log-probabilities.
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
    this(
        text,
        tokenIds.clone(),
        promptTokens,
        cachedPromptTokens,
        finishReason,
        timings,
        List.of(),
        List.of());
  }

  private GenerationResult(
      String text,
      int[] tokenIds,
      int promptTokens,
      int cachedPromptTokens,
      FinishReason finishReason,
      Timings timings,
      List<TokenLogprobs> logprobs,
      List<TokenLogprobs> promptLogprobs) {
    this.text = text;
    this.tokenIds = tokenIds;
    this.promptTokens = promptTokens;
    this.cachedPromptTokens = cachedPromptTokens;
    this.finishReason = finishReason;
    this.timings = timings;
    this.logprobs = logprobs;
    this.promptLogprobs = promptLogprobs;
  }

  /// {@return this result with log-probabilities}
  ///
  /// @param generated how likely each generated token was, or empty
  /// @param prompt how likely each token of the prompt but the first was, or empty
  public GenerationResult withLogprobs(List<TokenLogprobs> generated, List<TokenLogprobs> prompt) {
    return new GenerationResult(
        text,
        tokenIds,
        promptTokens,
        cachedPromptTokens,
        finishReason,
        timings,
        List.copyOf(generated),
        List.copyOf(prompt));
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

  /// {@return how likely each generated token was; empty unless [GenerationOptions#logprobs()] asks
  /// for it}
  public List<TokenLogprobs> logprobs() {
    return logprobs;
  }

  /// {@return how likely each token of the prompt was after those before it, from the second on;
  /// empty unless [GenerationOptions#promptLogprobs()] asks for it}
  public List<TokenLogprobs> promptLogprobs() {
    return promptLogprobs;
  }

  /// {@return the text}
  @Override
  public String toString() {
    return text;
  }
}
