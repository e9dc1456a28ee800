package dev.dbrx4j;

import java.util.List;

/// A piece of a stream: tokens, and the text that became certain with them. The texts of a stream's
/// chunks add up to the result's text, the ids to the result's ids.
///
/// A chunk's text is not exactly that of its tokens: half a character waits for the other half, and
/// what could become a stop string waits until it is known not to.
public final class TokenChunk {
  private final String text;
  private final int[] tokenIds;
  private final List<TokenLogprobs> logprobs;

  /// Creates a chunk.
  ///
  /// @param text whole characters; empty for a model without a tokenizer
  /// @param tokenIds token ids
  /// @param logprobs how likely each was, or empty
  public TokenChunk(String text, int[] tokenIds, List<TokenLogprobs> logprobs) {
    this.text = text;
    this.tokenIds = tokenIds.clone();
    this.logprobs = List.copyOf(logprobs);
  }

  /// {@return the text, which may be empty at the end of a stream}
  public String text() {
    return text;
  }

  /// {@return the token ids, in order}
  public int[] tokenIds() {
    return tokenIds.clone();
  }

  /// {@return how likely each token was; empty unless [GenerationOptions#logprobs()] asks for it}
  public List<TokenLogprobs> logprobs() {
    return logprobs;
  }

  /// {@return the text}
  @Override
  public String toString() {
    return text;
  }
}
