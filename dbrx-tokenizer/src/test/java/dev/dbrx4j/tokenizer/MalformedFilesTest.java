package dev.dbrx4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is wrong with a file is said by name and place; [SmallFiles] stand in for the large ones.
class MalformedFilesTest {
  @TempDir Path folder;
  private Path json;
  private Path ranks;

  @BeforeEach
  void writeSmallFiles() throws IOException {
    json = folder.resolve("tokenizer.json");
    ranks = folder.resolve("small.tiktoken");
    Files.writeString(json, SmallFiles.json());
    Files.writeString(ranks, SmallFiles.ranks());
  }

  private static void change(Path file, UnaryOperator<String> change) throws IOException {
    String before = Files.readString(file);
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(file, after);
  }

  @Test
  void theSmallFilesAreWellFormed() {
    int[] ids = {257, 256, 'a'};

    assertThat(DbrxTokenizer.fromTokenizerJson(json).encode("abcaba")).isEqualTo(ids);
    assertThat(DbrxTokenizer.fromTokenizerJson(json).specialId("<|end|>")).hasValue(300);
    assertThat(DbrxTokenizer.fromTiktoken(ranks).encode("abcaba")).isEqualTo(ids);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "truncation": null         | "truncation": {}              | truncation is {}
          "normalizer": null         | "normalizer": {"type": "NFC"} | normalizer is {type=NFC}
          "type": "Sequence"         | "type": "Whitespace"          | pre_tokenizer.type is Whitespace
          \\\\p{N}{1,3}              | \\\\p{N}                      | pre_tokenizer.pretokenizers[0].pattern.Regex is
          "invert": false            | "invert": true                | pretokenizers[0].invert is true
          "use_regex": false         | "use_regex": true             | pretokenizers[1].use_regex is true
          "add_prefix_space": false  | "add_prefix_space": true      | add_prefix_space is true
          "post_processor": null     | "post_processor": {"type": "TemplateProcessing"} | post_processor.type is TemplateProcessing
          "BPE"                      | "WordPiece"                   | model.type is WordPiece
          "dropout": null            | "dropout": 0.1                | model.dropout is 0.1
          "byte_fallback": false     | "byte_fallback": true         | model.byte_fallback is true
          "lstrip": false            | "lstrip": true                | added_tokens[0].lstrip is true
          "special": true            | "special": false              | added_tokens[0].special is false
          "id": 300                  | "id": 7                       | added_tokens[0] has the name '<|end|>' and the id 7
          "id": 300                  | "id": "x"                     | added_tokens[0].id is of the wrong kind
          "added_tokens"             | "other_tokens"                | added_tokens is missing
          "vocab"                    | "words"                       | model.vocab is missing
          "a b"                      | "a b c"                       | model.merges[0] is a b c
          "a b"                      | "a x1"                        | has no id for the token x1 of model.merges[0]
          "a b"                      | "b c"                         | has no id for the token bc of model.merges[0]
          "ab": 256, "abc": 257      | "ab": 257, "abc": 256         | model.merges[0] makes token 257
          ["ab", "c"]                | ["a", "bc"]                   | no id for the token bc
          "abc": 257                 | "abc": 257, "extra": 290      | model.vocab has the token extra with the id 290
          "a": 97                    | "a": 300                      | gives the byte token a the id 300
          ]}}                        | ]}                            | tokenizer.json
          ]}}                        | ]}} {}                        | more after the end
          """)
  void saysWhatIsWrongWithATokenizerJson(String from, String to, String message)
      throws IOException {
    change(json, text -> text.replace(from, to));

    assertThatThrownBy(() -> DbrxTokenizer.fromTokenizerJson(json))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining(json.toString())
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "YWI= 256, YWI= 255, 'line 257: expected the rank 256'",
    "YWI= 256, YWI=256, 'line 257: expected the rank 256'",
    "YWI= 256, YW*= 256, 'line 257: the token is no Base64'",
    "YWI= 256, ' 256', 'line 257: the token has 0 bytes'",
    "YWJj 257, YWI= 257, 'line 258: the token is no merge'",
    "YWJj 257, YWJjZA== 257, 'line 258: the token is no merge'",
    "AQ== 1, AA== 1, 'line 2: the first 256 tokens must be the 256 bytes'"
  })
  void saysWhatIsWrongWithARankFile(String from, String to, String message) throws IOException {
    change(ranks, text -> text.replace(from + "\n", to + "\n"));

    assertThatThrownBy(() -> DbrxTokenizer.fromTiktoken(ranks))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining(ranks.toString())
        .hasMessageContaining(message);
  }

  @Test
  void refusesARankFileThatEndsEarly() throws IOException {
    change(ranks, text -> text.substring(0, 500));

    assertThatThrownBy(() -> DbrxTokenizer.fromTiktoken(ranks))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining(ranks.toString());
  }

  @Test
  void refusesFilesThatAreNotThere() {
    Path missing = folder.resolve("missing");

    assertThatThrownBy(() -> DbrxTokenizer.fromTiktoken(missing))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("missing");
    assertThatThrownBy(() -> DbrxTokenizer.fromTokenizerJson(missing))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void damagedFilesFailWithTokenizerExceptionOrLoad() throws IOException {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 2_000; i++) {
      loadDamaged(json, random);
      loadDamaged(ranks, random);
    }
  }

  private void loadDamaged(Path original, SplittableRandom random) throws IOException {
    byte[] bytes = Files.readAllBytes(original);
    for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    Path damaged = folder.resolve("damaged." + original.getFileName());
    Files.write(damaged, bytes);
    try {
      DbrxTokenizer tokenizer =
          original.equals(json)
              ? DbrxTokenizer.fromTokenizerJson(damaged)
              : DbrxTokenizer.fromTiktoken(damaged);
      assertThat(tokenizer.decode(tokenizer.encode("abcab"))).isEqualTo("abcab");
    } catch (TokenizerException e) {
      assertThat(e).hasMessageContaining("damaged");
    }
  }

  @Test
  void loadsTheTokenizerOfAFolder() throws IOException {
    assertThat(DbrxTokenizer.load(folder)).map(DbrxTokenizer::vocabSize).hasValue(301);
    Files.delete(json);
    assertThat(DbrxTokenizer.load(folder)).map(DbrxTokenizer::vocabSize).hasValue(100280);
    Files.delete(ranks);
    assertThat(DbrxTokenizer.load(folder)).isEmpty();
  }
}
