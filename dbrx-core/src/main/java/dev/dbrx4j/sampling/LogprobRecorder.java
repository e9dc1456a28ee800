package dev.dbrx4j.sampling;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.dbrx4j.TokenLogprobs;
import java.lang.foreign.MemorySegment;

/// Keeps the model's own logits while steps change them, and says how likely the pick was.
final class LogprobRecorder {
  private final float[] logits;
  private final Logprobs logprobs;

  LogprobRecorder(int vocabSize, int top) {
    logits = new float[vocabSize];
    logprobs = new Logprobs(vocabSize, top);
  }

  void keep(MemorySegment logitsRow) {
    MemorySegment.copy(logitsRow, JAVA_FLOAT, 0, logits, 0, logits.length);
  }

  TokenLogprobs of(int token) {
    return logprobs.of(MemorySegment.ofArray(logits), token);
  }
}
