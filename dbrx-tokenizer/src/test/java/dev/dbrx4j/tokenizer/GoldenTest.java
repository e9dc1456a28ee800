package dev.dbrx4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Every case that tiktoken decided, with the tokenizer from each of its sources.
class GoldenTest {
  @TempDir static Path folder;

  static Stream<DbrxTokenizer> tokenizers() throws IOException {
    Path strings = Goldens.unpack("tokenizer.json.gz", folder.resolve("strings.json"));
    Path pairs = Goldens.unpack("tokenizer-merges-as-pairs.json.gz", folder.resolve("pairs.json"));
    Path ranks = Goldens.unpack("cl100k_base.tiktoken", folder.resolve("cl100k_base.tiktoken"));
    return Stream.of(
        DbrxTokenizer.bundled(),
        DbrxTokenizer.fromTokenizerJson(strings),
        DbrxTokenizer.fromTokenizerJson(pairs),
        DbrxTokenizer.fromTiktoken(ranks));
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void encodes(DbrxTokenizer tokenizer) {
    Goldens.lines("encode.jsonl")
        .forEach(line -> {
          String text = line.get("text").stringValue();
          String name = line.get("id").stringValue();
          int[] ids = Goldens.ids(line.get("ids"));
          int[] withSpecials = Goldens.ids(line.get("ids_special"));
          assertThat(tokenizer.encode(text)).as(name).isEqualTo(ids);
          assertThat(tokenizer.count(text)).as(name).isEqualTo(ids.length);
          assertThat(tokenizer.encode(text, SpecialTokens.ALLOW)).as(name).isEqualTo(withSpecials);
        });
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void decodes(DbrxTokenizer tokenizer) {
    Goldens.lines("decode.jsonl")
        .forEach(line -> {
          int[] ids = Goldens.ids(line.get("ids"));
          String text = line.get("text_replace").stringValue();
          assertThat(tokenizer.decode(ids)).isEqualTo(text);
          assertThat(tokenizer.decodeToBytes(ids))
              .isEqualTo(Base64.getDecoder().decode(line.get("bytes_b64").stringValue()));
          assertThat(decodeOneByOne(tokenizer, ids)).isEqualTo(text);
        });
  }

  private static String decodeOneByOne(DbrxTokenizer tokenizer, int[] ids) {
    IncrementalDecoder decoder = tokenizer.newDecoder();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.append(id));
    }
    return text.append(decoder.finish()).toString();
  }

  @Test
  void rendersConversations() {
    Goldens.lines("chat.jsonl")
        .forEach(line -> {
          List<ChatMessage> messages = Goldens.messages(line.get("messages"));
          boolean prompt = line.get("add_generation_prompt").booleanValue();
          ChatTemplate template = template(line);
          assertThat(template.render(messages, prompt))
              .isEqualTo(line.get("rendered").stringValue());
          assertThat(
                  template.encode(messages, prompt, DbrxTokenizer.bundled(), SpecialTokens.ALLOW))
              .isEqualTo(Goldens.ids(line.get("ids")));
        });
  }

  private static ChatTemplate template(JsonNode line) {
    boolean useDefault = line.get("use_default_system_prompt").booleanValue();
    return ChatTemplate.dbrx("default_system_prompt.txt", useDefault);
  }

  @Test
  void rendersWithTheTemplateOfTheCheckpoint() throws IOException {
    Files.writeString(
        folder.resolve("chat_template.jinja"), Goldens.text("dbrx_chat_template.jinja"));
    ChatTemplate template = ChatTemplate.load(folder);
    Goldens.lines("chat.jsonl")
        .filter(line -> line.get("use_default_system_prompt").booleanValue())
        .forEach(line ->
            assertThat(
                    template.render(
                        Goldens.messages(line.get("messages")),
                        line.get("add_generation_prompt").booleanValue()))
                .isEqualTo(line.get("rendered").stringValue()));
  }
}
