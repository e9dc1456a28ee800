package dev.dbrx4j;

import java.time.Duration;

/// Where a generation's time went.
///
/// @param queue from submission to the start of the prefill
/// @param prefill from there to the first token, or to the end if there was none
/// @param decode from the first token to the last
/// @param decodedTokens tokens after the first, which is the prefill's
public record Timings(Duration queue, Duration prefill, Duration decode, int decodedTokens) {
  /// {@return the time from submission to the first token}
  public Duration timeToFirstToken() {
    return queue.plus(prefill);
  }

  /// {@return the time from submission to the end}
  public Duration total() {
    return timeToFirstToken().plus(decode);
  }

  /// {@return tokens a second while decoding; 0 if nothing was decoded}
  public double tokensPerSecond() {
    return decodedTokens == 0 ? 0 : decodedTokens * 1e9 / decode.toNanos();
  }
}
