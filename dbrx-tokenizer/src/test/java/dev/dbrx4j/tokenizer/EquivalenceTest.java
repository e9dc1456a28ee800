package dev.dbrx4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The tokenizer against two independent ones, on random texts.
class EquivalenceTest {
  private static final DbrxTokenizer TOKENIZER = DbrxTokenizer.bundled();
  private static final ReferenceTokenizer REFERENCE = new ReferenceTokenizer();
  private static final Encoding JTOKKIT =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.CL100K_BASE);

  private final RandomTexts texts = new RandomTexts(20260801);

  private static int[] jtokkit(String text) {
    return JTOKKIT.encodeOrdinary(text).toArray();
  }

  private static void compare(int count, Supplier<String> texts, Function<String, int[]> other) {
    for (int i = 0; i < count; i++) {
      String text = texts.get();
      int[] ids = TOKENIZER.encode(text);
      int[] expected = other.apply(text);
      if (!Arrays.equals(ids, expected)) {
        assertThat(ids).as(text).isEqualTo(expected);
      }
    }
  }

  @Test
  void textsAgreeWithTheReference() {
    compare(20_000, texts::next, REFERENCE::encode);
  }

  @Test
  void textsWithLoneSurrogatesAgreeWithTheReference() {
    compare(5_000, texts::nextWithSurrogates, REFERENCE::encode);
  }

  @Test
  void textsAgreeWithJtokkit() {
    compare(50_000, texts::next, EquivalenceTest::jtokkit);
  }

  @Test
  @Tag("slow")
  void aMillionTextsAgreeWithJtokkit() {
    compare(1_000_000, texts::next, EquivalenceTest::jtokkit);
  }

  @Test
  void textsOfManyChunksAgreeWithJtokkit() {
    compare(50, () -> texts.text(5_000), EquivalenceTest::jtokkit);
  }

  @Test
  void longWordsAgreeWithTheReference() {
    compare(1_000, () -> texts.wordOf(2 + texts.nextInt(300)), REFERENCE::encode);
  }

  @Test
  void veryLongWordsAgreeWithJtokkit() {
    compare(50, () -> texts.wordOf(2_000 + texts.nextInt(20_000)), EquivalenceTest::jtokkit);
  }
}
