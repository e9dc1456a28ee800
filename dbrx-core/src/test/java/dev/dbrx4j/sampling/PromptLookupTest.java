package dev.dbrx4j.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.GenerationOptions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PromptLookupTest {
  private static final int VOCABULARY = 16;

  @Test
  void proposesWhatTheReferenceProposes() {
    Golden.records("lookup.jsonl")
        .forEach(r ->
            assertThat(lookup(r).propose(history(r), r.get("max_length").asInt()))
                .as(r.get("id").asString())
                .containsExactly(Golden.ints(r.get("candidates"))));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1.5})
  void confirmedProposalsGiveTheSameTokens(double temperature) {
    GenerationOptions plain =
        GenerationOptions.builder().temperature(temperature).seed(5).noRepeatNgramSize(9).build();
    GenerationOptions speculative = plain.toBuilder().promptLookupNumTokens(4).build();
    Generation expected = new Generation(plain);
    Generation actual = new Generation(speculative);
    assertThat(actual.tokens(200)).isEqualTo(expected.tokens(200));
    assertThat(expected.passes).isEqualTo(200);
    assertThat(actual.passes).isLessThan(expected.passes);
  }

  private static PromptLookup lookup(JsonNode r) {
    int[] eosIds = r.has("eos") ? Golden.ints(r.get("eos")) : new int[0];
    List<LogitsStep> steps = new ArrayList<>();
    if (r.has("forbid")) {
      steps.add(new Forbid(0, Integer.MAX_VALUE, Golden.ints(r.get("forbid"))));
    }
    if (r.has("no_repeat_ngram")) {
      steps.add(new NoRepeatNgram(r.get("no_repeat_ngram").asInt()));
    }
    return new PromptLookup(
        r.get("num_output_tokens").asInt(),
        r.get("max_matching_ngram_size").asInt(),
        eosIds,
        new ForbiddenTokens(steps.toArray(LogitsStep[]::new), VOCABULARY));
  }

  private static TokenHistory history(JsonNode r) {
    return new TokenHistory(Golden.ints(r.get("history")));
  }

  /// A generation with a table as the model that counts forward passes.
  private static final class Generation {
    private final TableModel table = new TableModel("T12m");
    private final List<Integer> tokens = new ArrayList<>(List.of(4, 1));
    private final TokenSampler sampler;
    private int passes;

    Generation(GenerationOptions options) {
      sampler = new TokenSampler(options, table.vocabSize(), new int[0], new int[] {4, 1});
    }

    List<Integer> tokens(int count) {
      while (tokens.size() < count + 2) {
        int[] proposal = sampler.propose(count + 2 - tokens.size());
        passes++;
        boolean confirmed = true;
        for (int i = 0; i <= proposal.length && confirmed && tokens.size() < count + 2; i++) {
          int token = sampler.next(MemorySegment.ofArray(table.logits(tokens)));
          tokens.add(token);
          confirmed = i < proposal.length && proposal[i] == token;
        }
      }
      return IntStream.of(tokens.stream().mapToInt(i -> i).toArray()).boxed().toList();
    }
  }
}
