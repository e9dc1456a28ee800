package dev.dbrx4j.examples.cli;

import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Timings;
import java.time.Duration;
import java.util.Locale;

/// A result's timings in one line.
final class TimingsText {
  private TimingsText() {}

  static String of(GenerationResult result) {
    Timings timings = result.timings();
    int prefilled = result.promptTokens() - result.cachedPromptTokens();
    return String.format(
        Locale.ROOT,
        "prompt %d tokens, %.3f s (%.1f tokens/s); first token after %.3f s; answer %d tokens, %.3f s (%.1f tokens/s)%s; ended by %s",
        result.promptTokens(),
        seconds(timings.prefill()),
        prefilled / Math.max(1e-9, seconds(timings.prefill())),
        seconds(timings.timeToFirstToken()),
        result.tokenIds().length,
        seconds(timings.decode()),
        timings.tokensPerSecond(),
        drafts(result),
        result.finishReason());
  }

  private static String drafts(GenerationResult result) {
    return result.draftTokens() == 0
        ? ""
        : ", %d of %d guessed tokens accepted"
            .formatted(result.acceptedDraftTokens(), result.draftTokens());
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
