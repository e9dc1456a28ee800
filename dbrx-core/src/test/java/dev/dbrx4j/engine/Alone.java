package dev.dbrx4j.engine;

import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.sampling.TokenSampler;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// What the scripted model tells a caller who is alone with it, worked out without an engine.
///
/// @param ids the generated tokens
/// @param reason why they end
record Alone(List<Integer> ids, FinishReason reason) {
  static Alone with(int[] prompt, GenerationOptions options, int[] eosIds, int maxContext) {
    int vocabSize = ScriptedRunner.VOCAB_SIZE;
    TokenSampler sampler = new TokenSampler(options, vocabSize, eosIds, prompt);
    int[] tokens = Arrays.copyOf(prompt, maxContext);
    int count = prompt.length;
    FinishReason reason = null;
    while (reason == null) {
      float[] scores = ScriptedRunner.scores(tokens, count);
      int token = sampler.next(MemorySegment.ofArray(scores));
      tokens[count++] = token;
      if (Arrays.stream(eosIds).anyMatch(id -> id == token)) {
        reason = FinishReason.EOS;
      } else if (count - prompt.length == options.maxNewTokens()) {
        reason = FinishReason.LENGTH;
      } else if (count == maxContext) {
        reason = FinishReason.CONTEXT;
      }
    }
    return new Alone(Arrays.stream(tokens, prompt.length, count).boxed().toList(), reason);
  }
}
