package dev.dbrx4j.sampling;

import dev.dbrx4j.GenerationOptions;
import dev.dbrx4j.LogitsProcessor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Picks one sequence's tokens, one a step. Used by one thread at a time; allocates nothing in the
/// steady state.
public final class TokenSampler {
  private final TokenHistory history;
  private final LogitsRow row;
  private final Candidates candidates = new Candidates();
  private final List<LogitsProcessor> processors;
  private final List<CandidateFilter> filters;
  private final float temperature;
  private final SplittableRandom random;

  /// Prepares sampling for one sequence.
  ///
  /// @param options what to do
  /// @param vocabSize logits a row
  /// @param eosIds the model's end-of-sequence tokens
  /// @param promptIds the prompt's tokens
  public TokenSampler(GenerationOptions options, int vocabSize, int[] eosIds, int[] promptIds) {
    history = new TokenHistory(promptIds);
    row = new LogitsRow(vocabSize);
    processors = processors(options);
    filters = filters(options);
    temperature = (float) options.temperature();
    random =
        options.seed().isPresent()
            ? new SplittableRandom(options.seed().getAsLong())
            : new SplittableRandom();
  }

  /// Picks the next token and remembers it.
  ///
  /// @param logitsRow `[vocabSize]` float32 in native byte order; may be overwritten
  /// @return the token's id
  /// @throws dev.dbrx4j.InvalidModelException if a logit is NaN
  /// @throws dev.dbrx4j.InvalidRequestException if every token is forbidden
  public int next(MemorySegment logitsRow) {
    row.wrap(logitsRow);
    for (LogitsProcessor processor : processors) {
      processor.process(history, row);
    }
    int token = temperature == 0 ? row.argmax() : draw();
    history.add(token);
    return token;
  }

  private int draw() {
    candidates.gather(row, temperature);
    for (CandidateFilter filter : filters) {
      filter.apply(candidates);
    }
    return candidates.draw(random.nextDouble());
  }

  private static List<LogitsProcessor> processors(GenerationOptions options) {
    List<LogitsProcessor> processors = new ArrayList<>();
    if (options.repetitionPenalty() != 1) {
      processors.add(new RepetitionPenalty((float) options.repetitionPenalty()));
    }
    return processors;
  }

  private static List<CandidateFilter> filters(GenerationOptions options) {
    List<CandidateFilter> filters = new ArrayList<>();
    if (options.topK() > 0) {
      filters.add(candidates -> candidates.keepLargest(options.topK()));
    }
    if (options.topP() < 1) {
      filters.add(candidates -> candidates.keepMass(options.topP()));
    }
    if (options.minP() > 0) {
      filters.add(candidates -> candidates.keepWeights(options.minP()));
    }
    return filters;
  }
}
