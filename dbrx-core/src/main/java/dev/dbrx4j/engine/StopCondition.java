package dev.dbrx4j.engine;

import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationOptions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// When a sequence ends, as far as its token ids tell. Stop strings are the business of
/// [OutputText].
final class StopCondition {
  private final int[] eosIds;
  private final int[] stopIds;
  private final int maxTokens;
  private final FinishReason atMaxTokens;

  StopCondition(GenerationOptions options, int[] eosIds, int promptTokens, int maxContext) {
    this.eosIds = options.ignoreEos() ? new int[0] : eosIds;
    this.stopIds = options.stopTokenIds().stream().mapToInt(Integer::intValue).toArray();
    int room = maxContext - promptTokens;
    this.maxTokens = promptTokens + Math.min(room, options.maxNewTokens());
    this.atMaxTokens = options.maxNewTokens() <= room ? FinishReason.LENGTH : FinishReason.CONTEXT;
  }

  /// Whether a token ends the sequence by what it is.
  @Nullable FinishReason endedBy(int token) {
    if (contains(eosIds, token)) {
      return FinishReason.EOS;
    }
    return contains(stopIds, token) ? FinishReason.STOP : null;
  }

  /// How many tokens a sequence of so many may still get.
  int tokensLeft(int tokens) {
    return maxTokens - tokens;
  }

  /// Whether a sequence of so many tokens, prompt included, has reached a limit.
  @Nullable FinishReason endedAt(int tokens) {
    return tokens >= maxTokens ? atMaxTokens : null;
  }

  private static boolean contains(int[] ids, int token) {
    return Arrays.stream(ids).anyMatch(id -> id == token);
  }
}
