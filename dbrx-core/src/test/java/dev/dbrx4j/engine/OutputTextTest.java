package dev.dbrx4j.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OutputTextTest {
  private static final DbrxTokenizer TOKENIZER = DbrxTokenizer.bundled();

  @Test
  void endsBeforeAStopStringThatSpansTokens() {
    Shown shown = show("one two### three", "wo###");

    assertThat(shown.stopped()).isTrue();
    assertThat(shown.text()).isEqualTo("one t");
  }

  @Test
  void showsWhatOnlyBeganLikeAStopString() {
    Shown shown = show("a##b#", "###");

    assertThat(shown.stopped()).isFalse();
    assertThat(shown.text()).isEqualTo("a##b#");
  }

  @Test
  void withholdsWhatCouldBecomeAStopString() {
    OutputText text = new OutputText(TOKENIZER.newDecoder(), List.of(" wor<"));
    assertThat(text.append(onlyId("Hello"))).isFalse();
    assertThat(text.release()).isEqualTo("Hello");
    assertThat(text.append(onlyId(" wor"))).isFalse();
    assertThat(text.release()).isEmpty();
    assertThat(text.append(onlyId("ld"))).isFalse();
    assertThat(text.release()).isEqualTo(" world");
  }

  @Test
  void withholdsHalfACharacter() {
    int[] ids = TOKENIZER.encode("\uD83E\uDD84"); // a unicorn, of several tokens
    assertThat(ids.length).isGreaterThan(1);
    OutputText text = new OutputText(TOKENIZER.newDecoder(), List.of());

    text.append(ids[0]);
    assertThat(text.release()).isEmpty();
    assertThat(text.releaseRest()).isEqualTo("\uFFFD");
  }

  /// Against the plain definition: as soon as the text so far contains a stop string, it ends
  /// before the first one.
  @Test
  void agreesWithSearchingTheWholeTextAfterEachToken() {
    Random random = new Random(11);
    for (int round = 0; round < 2_000; round++) {
      String text = letters(random, 1 + random.nextInt(40));
      String[] stops =
          IntStream.rangeClosed(0, random.nextInt(3))
              .mapToObj(_ -> letters(random, 1 + random.nextInt(4)))
              .toArray(String[]::new);

      assertThat(show(text, stops)).isEqualTo(plainly(text, stops));
    }
  }

  private static Shown plainly(String text, String... stops) {
    int[] ids = TOKENIZER.encode(text);
    for (int count = 1; count <= ids.length; count++) {
      String soFar = TOKENIZER.decode(Arrays.copyOf(ids, count));
      IntStream found = Arrays.stream(stops).mapToInt(soFar::indexOf).filter(at -> at >= 0);
      OptionalInt first = found.min();
      if (first.isPresent()) {
        return new Shown(soFar.substring(0, first.getAsInt()), true);
      }
    }
    return new Shown(text, false);
  }

  /// What came out, chunk by chunk.
  private record Shown(String text, boolean stopped) {}

  private static Shown show(String text, String... stops) {
    OutputText output = new OutputText(TOKENIZER.newDecoder(), List.of(stops));
    StringBuilder shown = new StringBuilder();
    for (int id : TOKENIZER.encode(text)) {
      boolean stopped = output.append(id);
      shown.append(output.release());
      assertThat(text).startsWith(shown);
      if (stopped) {
        return new Shown(shown + output.releaseRest(), true);
      }
    }
    return new Shown(shown + output.releaseRest(), false);
  }

  private static int onlyId(String text) {
    int[] ids = TOKENIZER.encode(text);
    assertThat(ids).hasSize(1);
    return ids[0];
  }

  private static String letters(Random random, int length) {
    return random
        .ints(length, 'a', 'd')
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
