package dev.dbrx4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DbrxTokenizerTest {
  private static final int IM_START = 100278;
  private static final int IM_END = 100279;
  private static final DbrxTokenizer TOKENIZER = DbrxTokenizer.bundled();

  private final RandomTexts texts = new RandomTexts(7);

  private Stream<String> manyTexts() {
    Stream<String> small = Stream.generate(texts::next).limit(2_000);
    Stream<String> large = Stream.generate(() -> texts.text(2_000)).limit(20);
    return Stream.concat(small, large);
  }

  @Test
  void wellFormedTextComesBack() {
    manyTexts()
        .forEach(text -> assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text));
  }

  @Test
  void theTextOfEveryTokenComesBack() {
    for (int id = 0; id < TOKENIZER.vocabSize(); id++) {
      byte[] bytes = TOKENIZER.tokenBytes(id);
      if (isUtf8(bytes)) {
        int[] ids = TOKENIZER.encode(new String(bytes, StandardCharsets.UTF_8));
        assertThat(TOKENIZER.decodeToBytes(ids)).as("token %d", id).isEqualTo(bytes);
      }
    }
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void countsWhatItEncodes() {
    manyTexts()
        .forEach(
            text -> assertThat(TOKENIZER.count(text)).isEqualTo(TOKENIZER.encode(text).length));
  }

  @Test
  void emptyTextHasNoTokens() {
    assertThat(TOKENIZER.encode("")).isEmpty();
    assertThat(TOKENIZER.count("")).isZero();
    assertThat(TOKENIZER.decode(new int[0])).isEmpty();
  }

  @Test
  void encodesIntoABufferWhatFits() {
    int[] ids = TOKENIZER.encode("The quick brown fox");
    int[] buffer = new int[3];

    assertThat(TOKENIZER.encodeInto("The quick brown fox", SpecialTokens.TEXT, buffer, 1))
        .isEqualTo(ids.length);
    assertThat(buffer).containsExactly(0, ids[0], ids[1]);
  }

  @Test
  void refusesAnOffsetOutsideTheBuffer() {
    assertThatThrownBy(() -> TOKENIZER.encodeInto("a", SpecialTokens.TEXT, new int[3], 4))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void truncatesFromEitherSide() {
    manyTexts()
        .map(text -> text + "<|im_end|>" + text)
        .forEach(text -> {
          int[] ids = TOKENIZER.encode(text, SpecialTokens.ALLOW);
          int n = texts.nextInt(ids.length + 2);
          int kept = Math.min(n, ids.length);
          assertThat(TOKENIZER.encodeFirst(text, SpecialTokens.ALLOW, n))
              .isEqualTo(Arrays.copyOf(ids, kept));
          assertThat(TOKENIZER.encodeLast(text, SpecialTokens.ALLOW, n))
              .isEqualTo(Arrays.copyOfRange(ids, ids.length - kept, ids.length));
        });
  }

  @Test
  void encodesManyTextsAtOnce() {
    List<String> batch = manyTexts().toList();

    List<int[]> ids = TOKENIZER.encodeAll(batch, SpecialTokens.TEXT);

    assertThat(ids).containsExactlyElementsOf(batch.stream().map(TOKENIZER::encode).toList());
  }

  @Test
  void manyThreadsShareOneTokenizer() {
    List<String> batch = manyTexts().toList();
    List<int[]> expected = batch.stream().map(TOKENIZER::encode).toList();

    IntStream.range(0, 8)
        .parallel()
        .forEach(thread ->
            IntStream.range(0, batch.size())
                .forEach(
                    i -> assertThat(TOKENIZER.encode(batch.get(i))).isEqualTo(expected.get(i))));
  }

  @Test
  void treatsSpecialTokensAsAsked() {
    String text = "<|<|im_start|>a<|im_end|";

    assertThat(TOKENIZER.encode(text)).doesNotContain(IM_START);
    assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text);
    assertThat(TOKENIZER.encode(text, SpecialTokens.ALLOW))
        .isEqualTo(join(TOKENIZER.encode("<|"), IM_START, TOKENIZER.encode("a<|im_end|")));
    assertThatThrownBy(() -> TOKENIZER.encode(text, SpecialTokens.REFUSE))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("<|im_start|> at character 2");
  }

  private static int[] join(int[] before, int id, int[] after) {
    return IntStream.concat(
            IntStream.concat(Arrays.stream(before), IntStream.of(id)), Arrays.stream(after))
        .toArray();
  }

  @Test
  void namesItsSpecialTokens() {
    assertThat(TOKENIZER.specialTokens())
        .containsEntry("<|endoftext|>", 100257)
        .containsEntry("<|pad|>", 100277)
        .hasSize(8);
    assertThat(TOKENIZER.specialId("<|im_end|>")).hasValue(IM_END);
    assertThat(TOKENIZER.specialId("<|nothing|>")).isEmpty();
    assertThat(TOKENIZER.vocabSize()).isEqualTo(100280);
  }

  @Test
  void idsWithoutATokenDecodeToNothing() {
    int[] holes = {100256, 100261, 100275, 100280, 100351};

    assertThat(TOKENIZER.decode(holes)).isEmpty();
    assertThat(TOKENIZER.tokenBytes(100256)).isEmpty();
  }

  @Test
  void refusesNegativeIds() {
    assertThatThrownBy(() -> TOKENIZER.decode(new int[] {5, -1}))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void decodingOneByOneEqualsDecodingAtOnce() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 5_000; i++) {
      int bound = random.nextBoolean() ? 256 : 100_352;
      int[] ids = random.ints(random.nextInt(1, 20), 0, bound).toArray();
      List<String> parts = decodeOneByOne(ids);
      assertThat(String.join("", parts)).isEqualTo(TOKENIZER.decode(ids));
      assertThat(parts)
          .allMatch(part -> part.codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF));
    }
  }

  private static List<String> decodeOneByOne(int[] ids) {
    IncrementalDecoder decoder = TOKENIZER.newDecoder();
    List<String> parts = new ArrayList<>();
    for (int id : ids) {
      parts.add(decoder.append(id));
    }
    parts.add(decoder.finish());
    return parts;
  }

  @Test
  void aFinishedDecoderStartsAnew() {
    IncrementalDecoder decoder = TOKENIZER.newDecoder();
    int[] euro = TOKENIZER.encode("€uro");
    decoder.append(TOKENIZER.encode("\uD83D\uDE42")[0]);

    assertThat(decoder.finish()).isEqualTo("\uFFFD");
    assertThat(decoder.append(euro[0]) + decoder.append(euro[1])).isEqualTo("€uro");
  }
}
