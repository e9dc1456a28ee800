package dev.dbrx4j.engine;

import dev.dbrx4j.FinishReason;
import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.Timings;
import dev.dbrx4j.TokenChunk;
import dev.dbrx4j.TokenLogprobs;
import dev.dbrx4j.sampling.TokenSampler;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// A request's state on the engine's side: its tokens, its slot, and what decides about the next
/// token. Its slot holds all tokens but the pending ones: the rest of the prompt at first, then the
/// one sampled last.
final class Sequence {
  private static final int[] NOTHING = {};

  private final Generation generation;
  private final Request request;
  private final TokenList tokens;
  private final Vocabulary vocabulary;
  private final OutputText text;
  private final StopCondition stop;
  private final PromptRows promptRows;
  private final DraftCount drafts = new DraftCount();
  private final List<TokenLogprobs> logprobs = new ArrayList<>();

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
    this.promptRows = promptRows(request, vocabulary.size());
  }

  private static PromptRows promptRows(Request request, int vocabSize) {
    PromptRows logits = request.promptRows();
    if (logits != null) {
      return logits;
    }
    OptionalInt top = request.options().promptLogprobs();
    return top.isPresent()
        ? new PromptLogprobs(request.prompt(), 0, vocabSize, top.getAsInt())
        : PromptRows.last(request.prompt().length);
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
    return Math.min(promptTokens() - 1, promptRows.from());
  }

  void start(Slot taken, long nowNanos) {
    slot = taken;
    reusedTokens = taken.filled();
    startedNanos = nowNanos;
  }

  /// The first of its tokens were copied from another slot.
  void copied(int count) {
    slot().stored(count);
    reusedTokens = count;
  }

  /// How long it waited for its slot.
  Duration queued() {
    return Duration.ofNanos(startedNanos - generation.submittedNanos());
  }

  /// Tokens that the slot does not hold yet.
  int pending() {
    return tokens.size() - slot().filled();
  }

  /// Whether tokens are to follow the prompt, or only its own logits are wanted.
  boolean generates() {
    return request.promptRows() == null;
  }

  /// Whether the next token can come out of a decode step.
  boolean isDecoding() {
    return pending() == 1;
  }

  boolean isPaused() {
    return !generation.hasRoom();
  }

  /// The next tokens of the prompt to run, at most so many.
  int[] nextChunk(int limit) {
    int start = slot().filled();
    return tokens.range(start, Math.min(promptRows.passEnd(start), start + limit));
  }

  /// The logits that a chunk's pass is to return.
  LogitsRows rowsFor(int[] chunk) {
    return promptRows.rowsFor(slot().filled(), slot().filled() + chunk.length);
  }

  /// Takes note of pending tokens that ran.
  ///
  /// @param count how many
  /// @param logits the pass's logits
  /// @param firstRow this sequence's first row
  /// @param endRow the row after its last
  void ran(int count, Logits logits, int firstRow, int endRow) {
    slot().stored(count);
    int end = slot().filled();
    for (int row = firstRow; row < endRow && end <= promptTokens(); row++) {
      promptRows.take(logits, row, end - endRow + row);
    }
  }

  /// Tokens that may follow the pending one, to be checked in one pass; often none.
  ///
  /// @param limit how many at most
  int[] draft(int limit) {
    if (sampler == null) {
      return NOTHING;
    }
    int room = Math.min(limit, stop.tokensLeft(tokens.size()));
    return room > 0 ? sampler.propose(room) : NOTHING;
  }

  /// Takes note of a draft that ran behind the pending token.
  void drafted(int... draft) {
    drafts.ran(draft);
  }

  /// Picks the next token, delivers what may be shown, and tells whether the sequence ends with it.
  ///
  /// @param logits the next token's scores, overwritten
  /// @param row where in them
  @Nullable FinishReason next(Logits logits, int row, long nowNanos) {
    int token = sampler().next(logits, row);
    sampler().logprobs().ifPresent(logprobs::add);
    tokens.add(token);
    drafts.sampled(token);
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
              request.options(),
              vocabulary.size(),
              vocabulary.eosIds(),
              request.prompt(),
              vocabulary.constraint(request.options(), stop.tokensLeft(promptTokens())));
    }
    return sampler;
  }

  private @Nullable FinishReason ending(int token) {
    FinishReason byToken = stop.endedBy(token);
    if (byToken != null) {
      return byToken;
    }
    return text.append(token) || sampler().isComplete()
        ? FinishReason.STOP
        : stop.endedAt(tokens.size());
  }

  private void deliver(String safe) {
    if (!safe.isEmpty() || !vocabulary.hasText()) {
      deliverChunk(safe);
    }
  }

  private void deliverChunk(String safe) {
    if (request.streams() && (!safe.isEmpty() || deliveredTokens < tokens.size())) {
      int[] ids = tokens.range(deliveredTokens, tokens.size());
      generation.deliver(new TokenChunk(safe, ids, logprobsFrom(deliveredTokens)));
      deliveredTokens = tokens.size();
    }
  }

  private List<TokenLogprobs> logprobsFrom(int token) {
    return logprobs.isEmpty()
        ? logprobs
        : logprobs.subList(token - promptTokens(), logprobs.size());
  }

  /// Delivers what was withheld and returns the result.
  GenerationResult finish(FinishReason reason, long nowNanos) {
    deliverChunk(text.releaseRest());
    int[] ids = tokens.range(promptTokens(), tokens.size());
    return new GenerationResult(
            text.toString(), ids, promptTokens(), reusedTokens, reason, timings(nowNanos))
        .withLogprobs(logprobs, promptLogprobs())
        .withDraftTokens(drafts.proposed(), drafts.accepted());
  }

  private List<TokenLogprobs> promptLogprobs() {
    return promptRows instanceof PromptLogprobs asked ? asked.found() : List.of();
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
