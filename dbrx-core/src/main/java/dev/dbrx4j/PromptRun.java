package dev.dbrx4j;

import dev.dbrx4j.engine.Engine;
import dev.dbrx4j.engine.Generation;
import dev.dbrx4j.engine.PromptLogits;
import dev.dbrx4j.engine.PromptLogprobs;
import dev.dbrx4j.engine.PromptRows;
import dev.dbrx4j.engine.Request;
import dev.dbrx4j.spi.LogitsRows;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Runs prompts for what the model says of them, generating nothing.
///
/// @param engine runs them
/// @param vocabSize logits of a position
record PromptRun(Engine engine, int vocabSize) {
  /// Computes how likely continuations are. What they share is run once.
  ///
  /// @param before ids that all have in common
  /// @param ids each with its continuation
  List<Score> score(int[] before, List<int[]> ids) {
    List<PromptLogprobs> logprobs =
        ids.stream().map(all -> new PromptLogprobs(all, before.length - 1, vocabSize, 0)).toList();
    List<Request> requests =
        IntStream.range(0, ids.size()).mapToObj(i -> request(ids.get(i), logprobs.get(i))).toList();
    engine.submit(requests).forEach(Generation::result);
    return logprobs.stream().map(each -> new Score(each.found())).toList();
  }

  /// Hands over the logits of positions in order, on this thread.
  ///
  /// @param rows which positions
  /// @param chunk tokens that a forward pass runs at most
  void logits(int[] ids, LogitsRows rows, int chunk, LogitsConsumer consumer) {
    for (int start = 0; start < ids.length; start += chunk) {
      int end = Math.min(ids.length, start + chunk);
      int from =
          switch (rows) {
            case ALL -> start;
            case LAST -> Math.min(end, ids.length - 1);
            case NONE -> end;
          };
      PromptLogits logits = new PromptLogits(from, end, vocabSize);
      if (!ranToItsEnd(request(Arrays.copyOf(ids, end), logits))) {
        return;
      }
      for (int position = from; position < end; position++) {
        consumer.accept(position, logits.row(position));
      }
    }
  }

  private boolean ranToItsEnd(Request request) {
    return engine.submit(request).result().finishReason() == FinishReason.LENGTH;
  }

  private static Request request(int[] ids, PromptRows rows) {
    return new Request(ids, GenerationOptions.defaults(), 0, rows);
  }
}
