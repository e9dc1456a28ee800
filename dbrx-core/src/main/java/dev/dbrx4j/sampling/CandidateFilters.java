package dev.dbrx4j.sampling;

import dev.dbrx4j.GenerationOptions;
import java.util.ArrayList;
import java.util.List;

/// The filters that options ask for, in the order of Hugging Face's `generate()`.
final class CandidateFilters {
  private CandidateFilters() {}

  /// How many tokens every filter has to leave: one, but with beams two, or one more than there are
  /// end-of-sequence tokens, so that a beam can always go on.
  static int atLeast(GenerationOptions options, int eosTokens) {
    return options.numBeams() > 1 ? Math.max(2, 1 + eosTokens) : 1;
  }

  static List<CandidateFilter> of(GenerationOptions options, int atLeast) {
    List<CandidateFilter> filters = new ArrayList<>();
    if (options.topH() > 0) {
      filters.add(new TopH(options.topH()));
    }
    if (options.topK() > 0) {
      filters.add(new TopK(Math.max(options.topK(), atLeast)));
    }
    if (options.topP() < 1) {
      filters.add(new TopP(options.topP(), atLeast));
    }
    if (options.minP() > 0) {
      filters.add(new MinP(options.minP(), atLeast));
    }
    if (options.typicalP() < 1) {
      filters.add(new TypicalP(options.typicalP(), atLeast));
    }
    if (options.epsilonCutoff() > 0) {
      filters.add(new EpsilonCutoff(options.epsilonCutoff(), atLeast));
    }
    if (options.etaCutoff() > 0) {
      filters.add(new EtaCutoff(options.etaCutoff(), atLeast));
    }
    return List.copyOf(filters);
  }
}
