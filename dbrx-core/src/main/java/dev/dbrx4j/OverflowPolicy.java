package dev.dbrx4j;

/// What to do with a prompt that leaves no room in the context for a single new token. A prompt
/// that is cut is cut to leave room for the new tokens asked for, but never below half the context.
///
/// What fits is never touched: if the context fills up while generating, the generation ends with
/// [FinishReason#CONTEXT].
public enum OverflowPolicy {
  /// Refuse it with an [InvalidRequestException].
  ERROR,

  /// Drop tokens at its beginning.
  TRUNCATE_LEFT,

  /// Of a chat, keep the system message and drop the oldest turns, a user's and the answers to it
  /// at a time. Other prompts, and a chat whose last turn alone is too long, are refused.
  DROP_OLDEST_TURNS
}
