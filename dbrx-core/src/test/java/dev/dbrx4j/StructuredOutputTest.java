package dev.dbrx4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.PromptEncoder.Language;
import dev.dbrx4j.engine.ScriptedRunner;
import dev.dbrx4j.tokenizer.ChatTemplate;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

/// Structured output, records and scores through the public calls, over all of DBRX's vocabulary.
@Timeout(120)
final class StructuredOutputTest {
  private final ScriptedRunner runner = new ScriptedRunner(4, 2_048, 100_352);
  private final DbrxModel model =
      DbrxModel.builder()
          .start(
              runner,
              Optional.of(new Language(DbrxTokenizer.bundled(), ChatTemplate.dbrx())),
              new GenerationConfig(List.of(), GenerationOptions.defaults()));

  /// What a user might ask for.
  enum Colour {
    RED,
    GREEN
  }

  /// A part of an invoice.
  record Item(String name, int count, Optional<Colour> colour) {}

  /// An invoice.
  record Invoice(
      String number, LocalDate date, double total, List<Item> items, Optional<Invoice> corrects) {}

  /// Something without a schema.
  record Odd(Thread thread) {}

  @AfterEach
  void close() {
    model.close();
  }

  private GenerationOptions.Builder options(StructuredOutput output) {
    return GenerationOptions.builder().structuredOutput(output).maxNewTokens(200).seed(3);
  }

  @Test
  void aTextEndsByItselfWhenItIsComplete() {
    StructuredOutput output = StructuredOutput.regex("[a-f]{3}-[0-9]{2}");
    GenerationResult result = model.generate("x", options(output).build());
    assertThat(result.text()).matches("[a-f]{3}-[0-9]{2}");
    assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void everySampleIsAChoice() {
    StructuredOutput output = StructuredOutput.choice("yes", "no", "perhaps");
    GenerationOptions sampled = options(output).temperature(2).samples(8).build();
    assertThat(model.samples(Prompt.text("x"), sampled))
        .extracting(GenerationResult::text)
        .isSubsetOf("yes", "no", "perhaps");
  }

  @Test
  void everyBeamIsASentence() {
    StructuredOutput output = StructuredOutput.grammar("root ::= \"a\" [bc]{2} | \"(\" root \")\"");
    GenerationOptions beams = options(output).numBeams(3).samples(3).maxNewTokens(9).build();
    assertThat(model.samples(Prompt.text("x"), beams))
        .hasSizeGreaterThan(1)
        .extracting(GenerationResult::text)
        .allSatisfy(text -> assertThat(text).matches("\\(*a[bc]{2}\\)*"));
  }

  @Test
  void promptLookupChangesNothing() {
    StructuredOutput output = StructuredOutput.regex("(ab|ba){20}");
    GenerationOptions plain = options(output).temperature(0).build();
    GenerationResult expected = model.generate("abab baba abba", plain);
    GenerationOptions lookup = plain.toBuilder().promptLookupNumTokens(5).build();
    assertThat(model.generate("abab baba abba", lookup).tokenIds()).isEqualTo(expected.tokenIds());
  }

  @Test
  void anotherOptionCannotBreakTheText() {
    StructuredOutput output = StructuredOutput.choice("abc");
    GenerationOptions forcing =
        options(output)
            .logitsProcessors((tokens, scores) -> scores.set(5, 1_000))
            .removeInvalidValues(true)
            .build();
    assertThat(model.generate("x", forcing).text()).isEqualTo("abc");
  }

  @Test
  void aRecordIsReadFromTheAnswer() {
    GenerationOptions sampled =
        GenerationOptions.builder().temperature(1).seed(2).maxNewTokens(300).build();
    for (int seed = 0; seed < 5; seed++) {
      Invoice invoice =
          model.callAs(Invoice.class, Prompt.text("x"), sampled.toBuilder().seed(seed).build());
      assertThat(invoice.date()).isNotNull();
      assertThat(invoice.items()).isNotNull();
    }
  }

  @Test
  void aRecordsSchemaSaysWhatItsComponentsSay() {
    String schema = StructuredOutput.json(Item.class).content().getFirst();
    Map<?, ?> properties =
        (Map<?, ?>)
            ((Map<?, ?>)
                    ((Map<?, ?>)
                            JsonMapper.builder().build().readValue(schema, Map.class).get("$defs"))
                        .values()
                        .iterator()
                        .next())
                .get("properties");
    assertThat(properties.toString())
        .isEqualTo(
            "{name={type=string}, count={type=integer, minimum=-2147483648, maximum=2147483647},"
                + " colour={enum=[RED, GREEN]}}");
    assertThatThrownBy(() -> StructuredOutput.json(Odd.class))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("Odd.thread is a java.lang.Thread");
  }

  @Test
  void scoresAreTheSumsOfPromptLogprobs() {
    List<Score> scores = model.score(Prompt.text("ab"), List.of("cd", "x", ""));
    int[] ids = DbrxTokenizer.bundled().encode("ab");
    int[] more = DbrxTokenizer.bundled().encode("cd");
    int[] all = IntStream.concat(Arrays.stream(ids), Arrays.stream(more)).toArray();
    GenerationResult whole =
        model.generate(
            Prompt.ids(all), GenerationOptions.builder().maxNewTokens(1).promptLogprobs(0).build());
    double expected =
        whole.promptLogprobs().stream()
            .skip(ids.length - 1L)
            .mapToDouble(TokenLogprobs::logprob)
            .sum();
    assertThat(scores.get(0).logprob()).isCloseTo(expected, within(1e-9));
    assertThat(scores.get(1).tokens()).hasSize(1);
    assertThat(scores.get(2).logprob()).isZero();
  }
}
