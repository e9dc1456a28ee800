package dev.dbrx4j.bench.soak;

import dev.dbrx4j.DbrxModel;
import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Prompt;
import java.util.Arrays;

/// A request and what the model says to it when nobody else is there.
///
/// @param prompt token ids
/// @param options how to go on
/// @param ids the answer
/// @param reason why it ends
@SuppressWarnings("ArrayRecordComponent") // never compared, never written to
record KnownAnswer(int[] prompt, GenerationOptions options, int[] ids, FinishReason reason) {
  /// Asks a model that has nothing else to do.
  static KnownAnswer ask(DbrxModel model, int[] prompt, GenerationOptions options) {
    GenerationResult result = model.generate(Prompt.ids(prompt), options);
    return new KnownAnswer(prompt, options, result.tokenIds(), result.finishReason());
  }

  /// Checks an answer given in company.
  ///
  /// @throws WrongAnswerException unless it is this one, or the beginning of it if it was cut short
  void check(GenerationResult result) {
    FinishReason got = result.finishReason();
    boolean cutShort = got == FinishReason.CANCELLED || got == FinishReason.DEADLINE;
    checkBeginning(result.tokenIds());
    if (!cutShort && (result.tokenIds().length != ids.length || got != reason)) {
      throw new WrongAnswerException(
          "an answer of %d tokens ends after %d, with %s instead of %s"
              .formatted(ids.length, result.tokenIds().length, got, reason));
    }
  }

  /// Checks the first tokens of an answer.
  void checkBeginning(int[] first) {
    int common = Math.min(first.length, ids.length);
    int mismatch = Arrays.mismatch(first, 0, common, ids, 0, common);
    if (mismatch >= 0 || first.length > ids.length) {
      int at = mismatch < 0 ? common : mismatch;
      throw new WrongAnswerException(
          "token %d of the answer to a prompt of %d differs from what the model says alone (%s)"
              .formatted(at, prompt.length, options));
    }
  }
}
