package dev.dbrx4j.engine;

import dev.dbrx4j.GenerationOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a caller asks for, in token ids.
///
/// @param prompt at least one token id below the vocabulary size, fewer than the context length
/// @param options how to go on from there
/// @param streamCapacity chunks that may wait for the reader before the sequence pauses; 0 when the
///   caller wants the result alone
/// @param promptRows where the prompt's own logits go, if they are all that is wanted, or null
@SuppressWarnings(
    "ArrayRecordComponent") // internal; nobody compares requests or writes to the array
public record Request(
    int[] prompt, GenerationOptions options, int streamCapacity, @Nullable PromptRows promptRows) {
  /// Time allowed from submission to the end; `Long.MAX_VALUE` for no bound.
  long timeoutNanos() {
    return options.timeout().map(Duration::toNanos).orElse(Long.MAX_VALUE);
  }

  boolean streams() {
    return streamCapacity > 0;
  }
}
