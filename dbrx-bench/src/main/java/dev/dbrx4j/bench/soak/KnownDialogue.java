package dev.dbrx4j.bench.soak;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.GenerationOptions;
import java.util.Arrays;

/// Two turns and what the model says to each when nobody else is there.
///
/// @param first the first turn
/// @param more what is added after the answer to it
/// @param second the second turn, whose prompt is all that came before
@SuppressWarnings("ArrayRecordComponent") // never compared, never written to
record KnownDialogue(KnownAnswer first, int[] more, KnownAnswer second) {
  static KnownDialogue ask(DbrxModel model, int[] prompt, int[] more, GenerationOptions options) {
    KnownAnswer first = KnownAnswer.ask(model, prompt, options);
    int[] all = concat(first.prompt(), first.ids(), more);
    return new KnownDialogue(first, more, KnownAnswer.ask(model, all, options));
  }

  private static int[] concat(int[]... parts) {
    return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
  }
}
