package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.dbrx4j.GenerationOptions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class BeamSearchTest {
  @Test
  void findsWhatTheReferenceFinds() {
    Golden.records("beam.jsonl").stream()
        .filter(r -> !r.at("/prompt/0").isArray())
        .forEach(r -> check(r, r.get("prompt"), answers(r.get("return")), r.get("trace")));
  }

  @Test
  void aBatchIsSoManySearches() {
    List<JsonNode> batches =
        Golden.records("beam.jsonl").stream().filter(r -> r.at("/prompt/0").isArray()).toList();
    assertThat(batches).isNotEmpty();
    for (JsonNode r : batches) {
      List<BeamAnswer> all = answers(r.get("return"));
      int each = all.size() / r.get("prompt").size();
      for (int i = 0; i < r.get("prompt").size(); i++) {
        check(r, r.get("prompt").get(i), all.subList(i * each, (i + 1) * each), null);
      }
    }
  }

  private static void check(
      JsonNode r, JsonNode prompt, List<BeamAnswer> expected, JsonNode trace) {
    String id = r.get("id").asString();
    TableModel table = new TableModel(r.get("table").asString());
    int[] eosIds = r.at("/extra/no_eos").asBoolean(false) ? new int[0] : table.eosIds();
    int[] promptIds = Golden.ints(prompt);
    BeamSearch search =
        new BeamSearch(options(r, expected.size()), table.vocabSize(), eosIds, promptIds);
    List<List<Integer>> beams = List.of(Arrays.stream(promptIds).boxed().toList());
    int step = 0;
    while (search.advance(rows(table, beams))) {
      beams = continued(beams, search);
      step++;
      if (trace != null) {
        assertThat(generated(beams, promptIds.length))
            .as("%s, call %d of %s", id, step, r.get("steps"))
            .isEqualTo(Golden.sequences(trace.path(step)));
      }
    }
    List<BeamAnswer> answers = search.answers();
    assertThat(answers.stream().map(BeamAnswer::tokens).toList())
        .as(id)
        .isEqualTo(expected.stream().map(BeamAnswer::tokens).toList());
    for (int i = 0; i < expected.size(); i++) {
      double score = expected.get(i).score();
      assertThat(answers.get(i).score()).as(id).isCloseTo(score, withinPercentage(5e-4));
    }
    if (trace != null) {
      assertThat(step + 1).as(id).isEqualTo(r.get("steps").asInt());
    }
  }

  private static GenerationOptions options(JsonNode r, int answers) {
    ObjectNode config = ((ObjectNode) r).objectNode();
    if (r.has("extra")) {
      config.setAll((ObjectNode) r.get("extra"));
    }
    for (String name : List.of("num_beams", "length_penalty", "early_stopping", "max_new_tokens")) {
      config.set(name, r.get(name));
    }
    config.put("num_return_sequences", answers);
    return HuggingFaceOptions.read(config);
  }

  private static MemorySegment rows(TableModel table, List<List<Integer>> beams) {
    float[] rows = new float[beams.size() * table.vocabSize()];
    for (int i = 0; i < beams.size(); i++) {
      System.arraycopy(
          table.logits(beams.get(i)), 0, rows, i * table.vocabSize(), table.vocabSize());
    }
    return MemorySegment.ofArray(rows);
  }

  static List<List<Integer>> continued(List<List<Integer>> beams, BeamSearch search) {
    int[] parents = search.parents();
    int[] tokens = search.tokens();
    List<List<Integer>> next = new ArrayList<>();
    for (int i = 0; i < parents.length; i++) {
      next.add(Stream.concat(beams.get(parents[i]).stream(), Stream.of(tokens[i])).toList());
    }
    return next;
  }

  private static List<List<Integer>> generated(List<List<Integer>> beams, int promptSize) {
    return beams.stream().map(b -> b.subList(promptSize, b.size())).toList();
  }

  private static List<BeamAnswer> answers(JsonNode node) {
    return node.valueStream()
        .map(a ->
            new BeamAnswer(
                Arrays.stream(Golden.ints(a.get("new"))).boxed().toList(),
                a.get("score").asDouble()))
        .toList();
  }
}
