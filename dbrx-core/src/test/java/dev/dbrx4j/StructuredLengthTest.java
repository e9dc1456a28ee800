package dev.dbrx4j;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.PromptEncoder.Language;
import dev.dbrx4j.StructuredOutput.LengthLimit;
import dev.dbrx4j.engine.ScriptedRunner;
import dev.dbrx4j.tokenizer.ChatTemplate;
import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What becomes of a text at every small length limit, through the public calls, over a vocabulary
/// of all bytes and a few tokens that cross the parts of JSON.
@Timeout(120)
final class StructuredLengthTest {
  private static final int CONTEXT = 40;
  private static final List<String> TOKENS =
      List.of(
          "{\"", "na", "me", "\":", "\":\"", "\",", "\",\"", "ta", "gs", "\":[", "],", "]}", "\"}");
  private static final StructuredOutput OBJECT =
      StructuredOutput.jsonSchema(
          """
          {"properties": {
             "name": {"type": "string"},
             "tags": {"type": "array", "items": {"type": "integer"}}},
           "required": ["name"]}
          """);

  private DbrxModel model;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    List<String> tokens =
        IntStream.range(0, 256).mapToObj(Character::toString).collect(toCollection(ArrayList::new));
    tokens.addAll(TOKENS);
    List<String> ranks =
        IntStream.range(0, tokens.size())
            .mapToObj(rank ->
                Base64.getEncoder().encodeToString(tokens.get(rank).getBytes(ISO_8859_1))
                    + " "
                    + rank)
            .toList();
    DbrxTokenizer tokenizer =
        DbrxTokenizer.fromTiktoken(Files.write(folder.resolve("small.tiktoken"), ranks));
    model =
        DbrxModel.builder()
            .start(
                new ScriptedRunner(2, CONTEXT, tokens.size()),
                Optional.of(new Language(tokenizer, ChatTemplate.dbrx())),
                new GenerationConfig(List.of(), GenerationOptions.defaults()));
  }

  @AfterEach
  void close() {
    model.close();
  }

  private GenerationResult generate(StructuredOutput output, int maxNewTokens, int seed) {
    GenerationOptions options =
        GenerationOptions.builder()
            .structuredOutput(output)
            .temperature(1)
            .maxNewTokens(maxNewTokens)
            .seed(seed)
            .build();
    return model.generate("x", options);
  }

  @Test
  void closingGivesACompleteTextAtEveryLimit() {
    int least = 1;
    while (isRefused(least)) {
      least++;
    }
    assertThat(least).isBetween(5, 16);
    for (int limit = least; limit < CONTEXT + 5; limit++) {
      for (int seed = 0; seed < 10; seed++) {
        GenerationResult result = generate(OBJECT, limit, seed);
        assertThat(result.tokenIds()).hasSizeLessThanOrEqualTo(Math.min(limit, CONTEXT));
        assertThat(isValid(result.text())).as("%d: %s", limit, result.text()).isTrue();
        assertThat(result.finishReason()).as(result.text()).isEqualTo(FinishReason.STOP);
      }
    }
  }

  private boolean isRefused(int limit) {
    try {
      generate(OBJECT, limit, 0);
      return false;
    } catch (InvalidRequestException e) {
      assertThat(e).hasMessageContaining("there may be only " + limit);
      return true;
    }
  }

  @Test
  void cuttingSaysThatItCut() {
    StructuredOutput cut = OBJECT.withLengthLimit(LengthLimit.CUT);
    EnumSet<FinishReason> reasons = EnumSet.noneOf(FinishReason.class);
    for (int limit = 1; limit < CONTEXT + 5; limit++) {
      for (int seed = 0; seed < 10; seed++) {
        GenerationResult result = generate(cut, limit, seed);
        reasons.add(result.finishReason());
        assertThat(isValid(result.text()))
            .as("%s: %s", result.finishReason(), result.text())
            .isEqualTo(result.finishReason() == FinishReason.STOP);
        if (result.finishReason() == FinishReason.LENGTH) {
          assertThat(result.tokenIds()).hasSize(limit);
        }
      }
    }
    assertThat(reasons)
        .containsExactlyInAnyOrder(FinishReason.STOP, FinishReason.LENGTH, FinishReason.CONTEXT);
  }

  @Test
  void whatHasNoEndIsClosedWhereItMayEnd() {
    StructuredOutput pairs = StructuredOutput.regex("(na|me){2,}");
    for (int limit = 4; limit < CONTEXT - 1; limit++) {
      assertThat(generate(pairs, limit, limit).text()).matches("(na|me){2,}");
    }
    assertThatThrownBy(() -> generate(pairs, 1, 0))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("maxNewTokens");
  }

  private static boolean isValid(String text) {
    try {
      JsonNode object = JsonMapper.shared().readTree(text);
      return object.path("name").isString();
    } catch (JacksonException _) {
      return false;
    }
  }
}
