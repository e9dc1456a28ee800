package dev.dbrx4j.engine;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import dev.dbrx4j.tokenizer.IncrementalDecoder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What token ids mean to one model.
///
/// @param size scores a row of logits has
/// @param eosIds tokens that end a sequence
/// @param tokenizer turns ids into text, unless the model has none
@SuppressWarnings("ArrayRecordComponent") // internal; nobody compares these or writes to the array
public record Vocabulary(int size, int[] eosIds, Optional<DbrxTokenizer> tokenizer) {
  boolean hasText() {
    return tokenizer.isPresent();
  }

  @Nullable IncrementalDecoder newDecoder() {
    return tokenizer.isPresent() ? tokenizer.get().newDecoder() : null;
  }
}
