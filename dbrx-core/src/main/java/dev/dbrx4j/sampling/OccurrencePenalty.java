package dev.dbrx4j.sampling;

/// Takes from the logits of generated tokens: `frequency` for each time a token came out,
/// `presence` once. As in vLLM and the OpenAI API; Hugging Face has neither.
record OccurrencePenalty(float frequency, float presence) implements LogitsStep {
  @Override
  public void apply(TokenHistory history, LogitsRow row) {
    boolean lowers = frequency >= 0 && presence >= 0;
    TokenCounts counts = history.generatedCounts();
    for (int place = 0; place < counts.size(); place++) {
      int id = counts.id(place);
      if (!(lowers && row.lacks(id))) {
        row.set(id, row.get(id) - frequency * counts.count(place) - presence);
      }
    }
  }
}
