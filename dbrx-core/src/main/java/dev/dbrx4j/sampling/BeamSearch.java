package dev.dbrx4j.sampling;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.GenerationOptions.EarlyStopping;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Beam search as Hugging Face's `generate()` does it, as a state machine that the engine drives:
///
/// ```
/// search = new BeamSearch(…)                 one running beam: the prompt
/// do
///   logits of all running beams              row i follows running beam i
///   goesOn = search.advance(logits)
///   beam i is parents()[i] of the last pass, continued with tokens()[i]
/// while goesOn
/// search.answers()
/// ```
///
/// Logits become log-probabilities first, then steps (and filters, when sampling) are applied, then
/// each beam's own score is added. Of the best continuations those that end are finished if they
/// rank among the first `numBeams`; the best others run on.
public final class BeamSearch {
  private static final Comparator<Continuation> BEST_FIRST =
      Comparator.comparingDouble(Continuation::order)
          .reversed()
          .thenComparingInt(Continuation::beam)
          .thenComparingInt(Continuation::token);
  private static final Comparator<BeamAnswer> BEST_ANSWER_FIRST =
      Comparator.comparingDouble(BeamAnswer::score).reversed();

  private record Beam(TokenHistory history, double score) {}

  /// A beam with one more token. Continuations are ranked by `order`, which is the score, or when
  /// sampling the score with Gumbel noise.
  private record Continuation(int beam, int token, double score, double order) {}

  private final GenerationOptions options;
  private final int[] eosIds;
  private final int promptSize;
  private final int width;
  private final WholeRow row;
  private final Candidates candidates;
  private final List<LogitsStep> steps;
  private final List<CandidateFilter> filters;
  private final SplittableRandom random;
  private final @Nullable Constraint constraint;
  private List<Beam> running;
  private List<BeamAnswer> finished = List.of();
  private int[] parents = {};
  private int[] tokens = {};
  private boolean improvable = true;

  /// Prepares a search.
  ///
  /// @param options `numBeams`, `lengthPenalty`, `earlyStopping`, `samples` (answers returned), and
  ///   those of [TokenSampler]
  /// @param vocabSize logits a row
  /// @param eosIds the model's end-of-sequence tokens
  /// @param promptIds the prompt's tokens
  public BeamSearch(GenerationOptions options, int vocabSize, int[] eosIds, int[] promptIds) {
    this(options, vocabSize, eosIds, promptIds, null);
  }

  /// Prepares a search for texts that must keep to something.
  ///
  /// @param options as without
  /// @param vocabSize logits a row
  /// @param eosIds the model's end-of-sequence tokens
  /// @param promptIds the prompt's tokens
  /// @param constraint what the text must be, or null if it is free
  public BeamSearch(
      GenerationOptions options,
      int vocabSize,
      int[] eosIds,
      int[] promptIds,
      @Nullable Constraint constraint) {
    this.constraint = constraint;
    TokenSampler.checkTokens(options, vocabSize);
    this.options = options;
    this.eosIds = eosIds.clone();
    promptSize = promptIds.length;
    width = Math.max(2, 1 + eosIds.length) * options.numBeams();
    row = new WholeRow(vocabSize);
    candidates = new Candidates(vocabSize);
    steps = LogitsSteps.of(options, promptSize, eosIds, constraint);
    filters = CandidateFilters.of(options, CandidateFilters.atLeast(options, eosIds.length));
    random = TokenSampler.random(options);
    running = List.of(new Beam(new TokenHistory(promptIds), 0));
  }

  /// Continues every running beam by one token.
  ///
  /// @param logits `[running beams, vocabSize]` float32 in native byte order; overwritten
  /// @return whether the search goes on
  public boolean advance(MemorySegment logits) {
    List<Continuation> best = continuations(logits);
    int length = running.getFirst().history.size() + 1 - promptSize;
    boolean atLimit = length >= options.maxNewTokens();
    finish(best, length, atLimit);
    List<Continuation> next =
        best.stream().filter(c -> atLimit || !ends(c)).limit(options.numBeams()).toList();
    parents = next.stream().mapToInt(Continuation::beam).toArray();
    tokens = next.stream().mapToInt(Continuation::token).toArray();
    running = next.stream().map(this::beam).toList();
    improvable = improvable && canImprove(length);
    return improvable && !atLimit && !stopsAtFirst();
  }

  /// {@return for each running beam, which of the beams before it continues}
  public int[] parents() {
    return parents.clone();
  }

  /// {@return for each running beam, its last token}
  public int[] tokens() {
    return tokens.clone();
  }

  /// {@return the finished answers, best first, as many as `samples`}
  public List<BeamAnswer> answers() {
    return finished.stream().limit(options.samples()).toList();
  }

  private List<Continuation> continuations(MemorySegment logits) {
    long rowBytes = logits.byteSize() / running.size();
    List<Continuation> all = new ArrayList<>();
    for (int beam = 0; beam < running.size(); beam++) {
      row.wrap(logits.asSlice(beam * rowBytes, rowBytes));
      addContinuations(beam, all);
    }
    return all.stream().sorted(BEST_FIRST).limit(width).toList();
  }

  private void addContinuations(int beam, List<Continuation> all) {
    Beam parent = running.get(beam);
    row.normalise();
    steps.forEach(step -> step.apply(parent.history, row));
    double total = options.temperature() > 0 ? gatherFiltered() : gatherBest();
    for (int i = 0; i < candidates.size; i++) {
      double score = parent.score + candidates.logits[i] - total;
      all.add(new Continuation(beam, candidates.ids[i], score, score + noise()));
    }
  }

  /// Returns what makes log-probabilities of the gathered scores, if that is asked for.
  private double gatherFiltered() {
    candidates.gather(row, (float) options.temperature(), row.size());
    filters.forEach(filter -> filter.apply(candidates));
    return options.renormalizeLogits() ? candidates.logTotal() : 0;
  }

  private double gatherBest() {
    candidates.gather(row, 1, width);
    return options.renormalizeLogits() ? row.logTotal() : 0;
  }

  /// Ranking by score plus Gumbel noise is drawing without replacement by `exp(score)`.
  private double noise() {
    return options.temperature() > 0 ? -Math.log(-Math.log(random.nextDouble())) : 0;
  }

  private void finish(List<Continuation> best, int length, boolean atLimit) {
    if (!improvable || stopsAtFirst()) {
      return;
    }
    List<BeamAnswer> answers = new ArrayList<>(finished);
    best.stream()
        .limit(options.numBeams())
        .filter(c -> atLimit || ends(c))
        .forEach(c -> answers.add(answer(c, length)));
    answers.sort(BEST_ANSWER_FIRST);
    finished = answers.stream().limit(options.numBeams()).toList();
  }

  private BeamAnswer answer(Continuation end, int length) {
    TokenHistory history = running.get(end.beam).history;
    IntStream body = Arrays.stream(history.copyOfRange(promptSize, history.size()));
    List<Integer> tokens = IntStream.concat(body, IntStream.of(end.token)).boxed().toList();
    return new BeamAnswer(tokens, end.score / Math.pow(length, options.lengthPenalty()));
  }

  private Beam beam(Continuation continuation) {
    TokenHistory history = running.get(continuation.beam).history.copy();
    history.add(continuation.token);
    return new Beam(history, continuation.score);
  }

  private boolean stopsAtFirst() {
    return isFull() && options.earlyStopping() == EarlyStopping.FIRST;
  }

  private boolean isFull() {
    return finished.size() == options.numBeams();
  }

  /// Whether a running beam may still beat the worst answer. Under the heuristic a beam is taken to
  /// end right here; under "never", at the length that suits it best.
  private boolean canImprove(int length) {
    if (!isFull() || running.isEmpty()) {
      return !running.isEmpty();
    }
    boolean longest = options.earlyStopping() == EarlyStopping.NEVER && options.lengthPenalty() > 0;
    double best =
        running.getFirst().score
            / Math.pow(longest ? options.maxNewTokens() : length, options.lengthPenalty());
    return best > finished.getLast().score();
  }

  private boolean ends(Continuation end) {
    return isEos(end.token)
        || (constraint != null
            && constraint.isCompletedBy(running.get(end.beam).history, end.token));
  }

  private boolean isEos(int token) {
    return Arrays.stream(eosIds).anyMatch(id -> id == token);
  }
}
