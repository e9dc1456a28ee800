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
  private final int draftTokens;
  private final int acceptedDraftTokens;

  /// Creates a result without log-probabilities and drafts.
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
    this.logprobs = List.of();
    this.promptLogprobs = List.of();
    this.draftTokens = 0;
    this.acceptedDraftTokens = 0;
  }

  private GenerationResult(
      GenerationResult result,
      List<TokenLogprobs> logprobs,
      List<TokenLogprobs> promptLogprobs,
      int draftTokens,
      int acceptedDraftTokens) {
    this.text = result.text;
    this.tokenIds = result.tokenIds;
    this.promptTokens = result.promptTokens;
    this.cachedPromptTokens = result.cachedPromptTokens;
    this.finishReason = result.finishReason;
    this.timings = result.timings;
    this.logprobs = logprobs;
    this.promptLogprobs = promptLogprobs;
    this.draftTokens = draftTokens;
    this.acceptedDraftTokens = acceptedDraftTokens;
  }

  /// {@return this result with log-probabilities}
  ///
  /// @param generated how likely each generated token was, or empty
  /// @param prompt how likely each token of the prompt but the first was, or empty
  public GenerationResult withLogprobs(List<TokenLogprobs> generated, List<TokenLogprobs> prompt) {
    return new GenerationResult(
        this, List.copyOf(generated), List.copyOf(prompt), draftTokens, acceptedDraftTokens);
  }

  /// {@return this result with what prompt lookup did}
  ///
  /// @param proposed tokens proposed
  /// @param accepted how many of them came out
  public GenerationResult withDraftTokens(int proposed, int accepted) {
    return new GenerationResult(this, logprobs, promptLogprobs, proposed, accepted);
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

  /// {@return how many tokens prompt lookup proposed; 0 unless
  /// [GenerationOptions#promptLookupNumTokens()] asks for it}
  public int draftTokens() {
    return draftTokens;
  }

  /// {@return how many of the proposed tokens came out: so many tokens needed no forward pass of
  /// their own}
  public int acceptedDraftTokens() {
    return acceptedDraftTokens;
  }

  /// {@return the text}
  @Override
  public String toString() {
    return text;
  }
}
