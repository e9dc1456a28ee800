package dev.dbrx4j.engine;

import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Timings;
import dev.dbrx4j.TokenChunk;
import dev.dbrx4j.sampling.TokenSampler;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A request's state on the engine's side: its tokens, its slot, and what decides about the next
/// token. Its slot holds all tokens but the pending ones: the rest of the prompt at first, then the
/// one sampled last.
final class Sequence {
  private final Generation generation;
  private final Request request;
  private final TokenList tokens;
  private final Vocabulary vocabulary;
  private final OutputText text;
  private final StopCondition stop;

  private @Nullable Slot slot;
  private @Nullable TokenSampler sampler;
  private int reusedTokens;
  private int deliveredTokens;
  private long startedNanos;
  private long firstTokenNanos;

  Sequence(Generation generation, Vocabulary vocabulary, int maxContext) {
    this.generation = generation;
    this.request = generation.request();
    this.vocabulary = vocabulary;
    this.tokens = new TokenList(request.prompt());
    this.deliveredTokens = tokens.size();
    this.text = new OutputText(vocabulary.newDecoder(), request.options().stop());
    this.stop =
        new StopCondition(request.options(), vocabulary.eosIds(), tokens.size(), maxContext);
  }

  Generation generation() {
    return generation;
  }

  TokenList tokens() {
    return tokens;
  }

  Slot slot() {
    return Objects.requireNonNull(slot);
  }

  boolean isRunning() {
    return slot != null;
  }

  /// How many of the prompt's tokens may come from another prompt's cache: one must be run for its
  /// logits, and all must whose logits were asked for.
  int reusableTokens() {
    PromptLogits logits = request.promptLogits();
    int last = promptTokens() - 1;
    return logits == null ? last : Math.min(last, logits.from());
  }

  void start(Slot taken, int reused, long nowNanos) {
    slot = taken;
    reusedTokens = reused;
    startedNanos = nowNanos;
  }

  /// How long it waited for its slot.
  Duration queued() {
    return Duration.ofNanos(startedNanos - generation.submittedNanos());
  }

  /// Tokens of the prompt that came from the cache.
  int reusedTokens() {
    return reusedTokens;
  }

  /// Tokens that the slot does not hold yet.
  int pending() {
    return tokens.size() - slot().filled();
  }

  /// Whether tokens are to follow the prompt, or only its own logits are wanted.
  boolean generates() {
    return request.promptLogits() == null;
  }

  /// Whether the next token can come out of a decode step.
  boolean isDecoding() {
    return pending() == 1 && generates();
  }

  boolean isPaused() {
    return !generation.hasRoom();
  }

  /// The next tokens of the prompt to run, at most so many.
  int[] nextChunk(int limit) {
    int start = slot().filled();
    PromptLogits logits = request.promptLogits();
    int end = logits == null ? tokens.size() : logits.passEnd(start);
    return tokens.range(start, Math.min(end, start + limit));
  }

  /// The logits that a chunk's pass is to return.
  LogitsRows rowsFor(int[] chunk) {
    PromptLogits logits = request.promptLogits();
    int start = slot().filled();
    if (logits != null) {
      return logits.rowsFor(start, start + chunk.length);
    }
    return start + chunk.length == tokens.size() ? LogitsRows.LAST : LogitsRows.NONE;
  }

  /// Takes note of a chunk that ran.
  void prefilled(int[] chunk, Logits rows) {
    slot().stored(chunk.length);
    PromptLogits logits = request.promptLogits();
    if (logits != null) {
      logits.store(rows, slot().filled());
    }
  }

  /// Picks the next token, delivers what may be shown, and tells whether the sequence ends with it.
  ///
  /// @param row the next token's scores, overwritten
  @Nullable FinishReason next(MemorySegment row, long nowNanos) {
    int token = sampler().next(row);
    tokens.add(token);
    if (generatedTokens() == 1) {
      firstTokenNanos = nowNanos;
    }
    FinishReason reason = ending(token);
    if (reason == null) {
      deliver(text.release());
    }
    return reason;
  }

  private TokenSampler sampler() {
    if (sampler == null) {
      sampler =
          new TokenSampler(
              request.options(), vocabulary.size(), vocabulary.eosIds(), request.prompt());
    }
    return sampler;
  }

  private @Nullable FinishReason ending(int token) {
    FinishReason byToken = stop.endedBy(token);
    if (byToken != null) {
      return byToken;
    }
    return text.append(token) ? FinishReason.STOP : stop.endedAt(tokens.size());
  }

  private void deliver(String safe) {
    if (!safe.isEmpty() || !vocabulary.hasText()) {
      deliverChunk(safe);
    }
  }

  private void deliverChunk(String safe) {
    if (request.streams() && (!safe.isEmpty() || deliveredTokens < tokens.size())) {
      generation.deliver(new TokenChunk(safe, tokens.range(deliveredTokens, tokens.size())));
      deliveredTokens = tokens.size();
    }
  }

  /// Delivers what was withheld, then the result, and returns that.
  GenerationResult finish(FinishReason reason, long nowNanos) {
    deliverChunk(text.releaseRest());
    int[] ids = tokens.range(promptTokens(), tokens.size());
    GenerationResult result =
        new GenerationResult(
            text.toString(), ids, promptTokens(), reusedTokens, reason, timings(nowNanos));
    generation.complete(result);
    return result;
  }

  private Timings timings(long endNanos) {
    long started = isRunning() ? startedNanos : endNanos;
    long firstToken = generatedTokens() > 0 ? firstTokenNanos : endNanos;
    return new Timings(
        Duration.ofNanos(started - generation.submittedNanos()),
        Duration.ofNanos(firstToken - started),
        Duration.ofNanos(endNanos - firstToken),
        Math.max(0, generatedTokens() - 1));
  }

  private int promptTokens() {
    return request.prompt().length;
  }

  private int generatedTokens() {
    return tokens.size() - promptTokens();
  }
}
