package dev.dbrx4j;

import java.time.Duration;

/// Something that happened to a request. Requests are numbered from 1 in the order in which they
/// came.
public sealed interface ModelEvent {
  /// A request came in.
  ///
  /// @param request its number
  /// @param promptTokens tokens of its prompt
  record Submitted(long request, int promptTokens) implements ModelEvent {}

  /// A request got a slot.
  ///
  /// @param request its number
  /// @param queued how long it waited
  /// @param cachedPromptTokens tokens of its prompt that need no prefill
  record Started(long request, Duration queued, int cachedPromptTokens) implements ModelEvent {}

  /// A request came to its end, whatever the reason.
  ///
  /// @param request its number
  /// @param result what came out
  record Finished(long request, GenerationResult result) implements ModelEvent {}

  /// A request failed.
  ///
  /// @param request its number
  /// @param total how long it took until then, from submission
  /// @param cause what its caller is told
  record Failed(long request, Duration total, Throwable cause) implements ModelEvent {}

  /// A request was refused because the queue was full.
  ///
  /// @param request its number
  /// @param waiting how many waited
  record Refused(long request, int waiting) implements ModelEvent {}
}
