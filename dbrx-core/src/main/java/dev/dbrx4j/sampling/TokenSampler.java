package dev.dbrx4j.sampling;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.TokenLogprobs;
import dev.dbrx4j.spi.Logits;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Picks one sequence's tokens, one a step. Used by one thread at a time; allocates nothing in the
/// steady state.
public final class TokenSampler {
  private static final int NONE = -1;

  private final TokenHistory history;
  private final WholeRow row;
  private final Candidates candidates;
  private final LogitsStep[] steps;
  private final CandidateFilter[] filters;
  private final float temperature;
  private final int gathered;
  private final SplittableRandom random;
  private final @Nullable LikeliestRow likeliest;
  private final Tail tail = new Tail();
  private final @Nullable LogprobRecorder logprobs;
  private final @Nullable PromptLookup lookup;
  private final @Nullable Constraint constraint;

  /// Prepares sampling for one sequence.
  ///
  /// @param options what to do
  /// @param vocabSize logits a row
  /// @param eosIds the model's end-of-sequence tokens
  /// @param promptIds the prompt's tokens
  /// @throws InvalidRequestException if an option names a token that the vocabulary lacks
  public TokenSampler(GenerationOptions options, int vocabSize, int[] eosIds, int[] promptIds) {
    this(options, vocabSize, eosIds, promptIds, null);
  }

  /// Prepares sampling for one sequence whose text must keep to something.
  ///
  /// @param options what to do
  /// @param vocabSize logits a row
  /// @param eosIds the model's end-of-sequence tokens
  /// @param promptIds the prompt's tokens
  /// @param constraint what the text must be, or null if it is free
  /// @throws InvalidRequestException if an option names a token that the vocabulary lacks
  public TokenSampler(
      GenerationOptions options,
      int vocabSize,
      int[] eosIds,
      int[] promptIds,
      @Nullable Constraint constraint) {
    checkTokens(options, vocabSize);
    this.constraint = constraint;
    history = new TokenHistory(promptIds);
    row = new WholeRow(vocabSize);
    candidates = new Candidates(vocabSize);
    steps =
        LogitsSteps.of(options, promptIds.length, eosIds, constraint).toArray(LogitsStep[]::new);
    filters = CandidateFilters.of(options, 1).toArray(CandidateFilter[]::new);
    temperature = (float) options.temperature();
    gathered = gathered(options, vocabSize);
    random = random(options);
    likeliest = mayDoWithLikeliest(options) ? new LikeliestRow(vocabSize) : null;
    logprobs =
        options.logprobs().isPresent()
            ? new LogprobRecorder(vocabSize, options.logprobs().getAsInt())
            : null;
    lookup =
        options.promptLookupNumTokens() > 0
            ? new PromptLookup(
                options.promptLookupNumTokens(),
                options.maxMatchingNgramSize(),
                eosIds,
                new ForbiddenTokens(steps, vocabSize))
            : null;
  }

  static SplittableRandom random(GenerationOptions options) {
    return options.seed().isPresent()
        ? new SplittableRandom(options.seed().getAsLong())
        : new SplittableRandom();
  }

  /// Checks the tokens that options name.
  ///
  /// @param options the options
  /// @param vocabSize the vocabulary's size, padding included
  /// @throws InvalidRequestException if an option names a token that the vocabulary lacks
  public static void checkTokens(GenerationOptions options, int vocabSize) {
    check("stopTokenIds", options.stopTokenIds(), vocabSize);
    check("suppressTokens", options.suppressTokens(), vocabSize);
    check("beginSuppressTokens", options.beginSuppressTokens(), vocabSize);
    check("allowedTokenIds", options.allowedTokenIds(), vocabSize);
    options.forcedBosTokenId().ifPresent(id -> check("forcedBosTokenId", List.of(id), vocabSize));
    check("forcedEosTokenIds", options.forcedEosTokenIds(), vocabSize);
    check("logitBias", options.logitBias().keySet(), vocabSize);
    options.badWordsIds().forEach(ids -> check("badWordsIds", ids, vocabSize));
    options.sequenceBias().keySet().forEach(ids -> check("sequenceBias", ids, vocabSize));
  }

  private static void check(String option, Collection<Integer> ids, int vocabSize) {
    for (int id : ids) {
      if (id >= vocabSize) {
        throw new InvalidRequestException(
            "option "
                + option
                + " names token "
                + id
                + ", the vocabulary ends at "
                + (vocabSize - 1));
      }
    }
  }

  /// How many of the likeliest tokens are enough for all filters.
  static int gathered(GenerationOptions options, int vocabSize) {
    if (options.topH() > 0) {
      return TopH.CONSIDERED;
    }
    return options.topK() > 0 ? options.topK() : vocabSize;
  }

  /// A caller's processors may count how often they are called; what a text must be, and how likely
  /// a token was, takes all logits.
  private boolean mayDoWithLikeliest(GenerationOptions options) {
    return options.logprobs().isEmpty()
        && options.logitsProcessors().isEmpty()
        && constraint == null
        && (temperature == 0 || filters.length > 0);
  }

  /// Picks the next token and remembers it. Looks at a row's likeliest tokens alone where these are
  /// known and the token is certain to be the same.
  ///
  /// @param logits rows of logits; this one may be overwritten
  /// @param index which
  /// @return the token's id
  /// @throws dev.dbrx4j.InvalidModelException if a logit is NaN
  /// @throws InvalidRequestException if every token is forbidden
  public int next(Logits logits, int index) {
    int token = likeliest == null ? NONE : ofLikeliest(likeliest, logits, index);
    if (token == NONE) {
      return next(logits.row(index));
    }
    history.add(token);
    return token;
  }

  private int ofLikeliest(LikeliestRow known, Logits logits, int index) {
    if (logits.likeliestCount() == 0) {
      return NONE;
    }
    known.wrap(logits.likeliest(index), logits.likeliestCount());
    for (LogitsStep step : steps) {
      step.apply(history, known);
    }
    if (temperature == 0) {
      return known.argmax();
    }
    boolean certain =
        known.gather(candidates, temperature, steps.length > 0, tail)
            && filters[0].applyToLikeliest(candidates, tail);
    return certain ? draw(1) : NONE;
  }

  /// Picks the next token and remembers it.
  ///
  /// @param logitsRow `[vocabSize]` float32 in native byte order; may be overwritten
  /// @return the token's id
  /// @throws dev.dbrx4j.InvalidModelException if a logit is NaN
  /// @throws InvalidRequestException if every token is forbidden
  public int next(MemorySegment logitsRow) {
    row.wrap(logitsRow);
    if (logprobs != null) {
      logprobs.keep(logitsRow);
    }
    for (LogitsStep step : steps) {
      step.apply(history, row);
    }
    int token = temperature == 0 ? row.argmax() : draw();
    history.add(token);
    return token;
  }

  /// {@return how likely the last token was; empty if the options do not ask for it}
  public Optional<TokenLogprobs> logprobs() {
    return Optional.ofNullable(logprobs).map(l -> l.of(history.get(history.size() - 1)));
  }

  /// Proposes tokens that may come next, copied from where the last ones occurred before. The
  /// caller runs them in one forward pass and calls [#next] row by row as long as it confirms them:
  /// what comes out is the same as without.
  ///
  /// @param room tokens that may still be generated
  /// @return the proposal, empty if there is none or prompt lookup is off
  public int[] propose(int room) {
    return lookup == null ? new int[0] : lookup.propose(history, history.size() + room);
  }

  /// {@return whether the text is what it must be, so that nothing can follow}
  public boolean isComplete() {
    return constraint != null && constraint.isComplete(history);
  }

  private int draw() {
    candidates.gather(row, temperature, gathered);
    return draw(0);
  }

  /// Draws from what the filters leave.
  ///
  /// @param applied how many of them have been applied
  private int draw(int applied) {
    for (int i = applied; i < filters.length; i++) {
      filters[i].apply(candidates);
    }
    return candidates.draw(random.nextDouble());
  }
}
