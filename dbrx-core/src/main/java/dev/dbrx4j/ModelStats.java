package dev.dbrx4j;

import java.time.Duration;

/// A model's work at one moment, and since it was opened.
///
/// @param waiting requests that wait for a slot
/// @param running requests on a slot
/// @param slots requests that could run
/// @param kvTokens tokens that running requests hold in the KV cache
/// @param kvCapacity tokens that fit into it
/// @param finished requests that came to an end, cancelled ones included
/// @param failed requests that failed
/// @param refused requests refused because the queue was full
/// @param promptTokens tokens of the prompts of finished requests
/// @param cachedPromptTokens how many of them were found in the KV cache
/// @param generatedTokens tokens generated
/// @param draftTokens tokens that prompt lookup proposed to finished requests
/// @param acceptedDraftTokens how many of them came out
/// @param tokensPerSecond tokens generated a second, over the last ten seconds
/// @param timeToFirstToken how long requests took to their first token, over the last thousand
public record ModelStats(
    int waiting,
    int running,
    int slots,
    long kvTokens,
    long kvCapacity,
    long finished,
    long failed,
    long refused,
    long promptTokens,
    long cachedPromptTokens,
    long generatedTokens,
    long draftTokens,
    long acceptedDraftTokens,
    double tokensPerSecond,
    Percentiles timeToFirstToken) {

  /// Percentiles of some durations, all zero if there were none.
  ///
  /// @param p50 the median
  /// @param p90 nine tenths were at most this
  /// @param p99 ninety-nine hundredths were at most this
  public record Percentiles(Duration p50, Duration p90, Duration p99) {}
}
