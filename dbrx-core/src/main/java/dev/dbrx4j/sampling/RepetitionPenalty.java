package dev.dbrx4j.sampling;

import dev.dbrx4j.LogitsProcessor;

/// Makes tokens that occurred less likely, once however often they did (Keskar et al. 2019).
record RepetitionPenalty(float penalty) implements LogitsProcessor {
  @Override
  public void process(Tokens tokens, Scores scores) {
    for (int i = 0; i < tokens.size(); i++) {
      int id = tokens.get(i);
      if (id < scores.size() && firstAt(tokens, i)) {
        float score = scores.get(id);
        scores.set(id, score < 0 ? score * penalty : score / penalty);
      }
    }
  }

  private static boolean firstAt(Tokens tokens, int index) {
    int i = 0;
    while (tokens.get(i) != tokens.get(index)) {
      i++;
    }
    return i == index;
  }
}
