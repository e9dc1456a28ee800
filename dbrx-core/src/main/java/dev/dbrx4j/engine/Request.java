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
/// @param promptLogits where the prompt's own logits go, or null if they are not wanted
@SuppressWarnings(
    "ArrayRecordComponent") // internal; nobody compares requests or writes to the array
public record Request(
    int[] prompt,
    GenerationOptions options,
    int streamCapacity,
    @Nullable PromptLogits promptLogits) {
  /// Time allowed from submission to the end; `Long.MAX_VALUE` for no bound.
  long timeoutNanos() {
    return options.timeout().map(Duration::toNanos).orElse(Long.MAX_VALUE);
  }

  boolean streams() {
    return streamCapacity > 0;
  }
}
