package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.GenerationOptions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Whole greedy generations with a table as the model, against the reference's `generate()`.
class GoldenGreedyTest {
  @Test
  void generatesTheSameTokens() {
    Golden.records("greedy.jsonl")
        .forEach(r ->
            assertThat(generate(r))
                .as(r.get("id").asString())
                .containsExactly(Golden.ints(r.get("new"))));
  }

  private static int[] generate(JsonNode r) {
    TableModel table = new TableModel(r.get("table").asString());
    int[] eosIds = r.at("/extra/no_eos").asBoolean(false) ? new int[0] : table.eosIds();
    int[] prompt = Golden.ints(r.get("prompt"));
    TokenSampler sampler = new TokenSampler(options(r, prompt), table.vocabSize(), eosIds, prompt);
    List<Integer> tokens = new ArrayList<>(IntStream.of(prompt).boxed().toList());
    for (int i = 0; i < r.get("max_new_tokens").asInt(); i++) {
      int token = sampler.next(MemorySegment.ofArray(table.logits(tokens)));
      tokens.add(token);
      if (IntStream.of(eosIds).anyMatch(id -> id == token)) {
        break;
      }
    }
    return tokens.stream().skip(prompt.length).mapToInt(i -> i).toArray();
  }

  private static GenerationOptions options(JsonNode r, int[] prompt) {
    ObjectNode extra = ((ObjectNode) r.get("extra")).deepCopy();
    extra.set("max_new_tokens", r.get("max_new_tokens"));
    if (extra.has("min_length")) {
      extra.put("min_new_tokens", extra.get("min_length").asInt() - prompt.length);
    }
    return HuggingFaceOptions.read(extra);
  }
}
