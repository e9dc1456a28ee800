package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The same tokens give the same logits, however they are cut into passes and wherever they stand.
class OnnxModelRunnerTest {
  private static final DbrxConfig CONFIG = TestModels.SMALL;
  private static final int MAX_CONTEXT = 96;

  /// Logits spread by 3; passes cut differently were seen to differ by up to 1e-5.
  private static final double NOISE = 5e-5;

  private OnnxModelRunner runner;

  @BeforeEach
  void open() {
    runner = TestModels.open(CONFIG, 6, MAX_CONTEXT);
  }

  @AfterEach
  void close() {
    runner.close();
  }

  @Test
  void chunksEqualTheWholeAndTokenByToken() {
    int[] tokens = tokens(60, 1);
    float[] whole = all(runner.prefill(0, tokens, 0, LogitsRows.ALL));
    Difference difference = new Difference();
    difference.add("chunks", chunked(1, tokens, 16, 1, 30, 13), whole);
    difference.add(
        "one by one", chunked(2, tokens, IntStream.range(0, 60).map(i -> 1).toArray()), whole);
    difference.add("decoded", decoded(3, tokens), whole);
    difference.add("cached keys", cached(0, 60), cached(3, 60));
    System.out.println("[worst] passes cut differently:" + difference);
    difference.assertBelow(NOISE);
  }

  @Test
  void logitsAreThoseOfTheRowsAskedFor() {
    int[] tokens = tokens(9, 2);
    float[] all = all(runner.prefill(0, tokens, 0, LogitsRows.ALL));
    Logits last = runner.prefill(1, tokens, 0, LogitsRows.LAST);
    assertThat(last.rows()).isEqualTo(1);
    assertClose(all(last), Arrays.copyOfRange(all, 8 * CONFIG.vocabSize(), all.length));
    Logits none = runner.prefill(2, tokens, 0, LogitsRows.NONE);
    assertThat(none.rows()).isZero();
    assertThat(none.data().byteSize()).isZero();
    assertClose(cached(0, 9), cached(2, 9));
  }

  @Test
  void sequencesOfDifferentLengthsDecodeTogetherAsAlone() {
    assertDecodesAsAlone(0, 1, 2, 3);
  }

  @Test
  void sequencesInSlotsWithGapsDecodeAsAlone() {
    assertDecodesAsAlone(0, 2, 3, 5);
    assertDecodesAsAlone(1, 2, 4, 5);
  }

  /// Row i decodes 8 tokens after a prompt of 1 + 7 i tokens.
  private void assertDecodesAsAlone(int... slots) {
    int steps = 8;
    int[][] sequences = new int[slots.length][];
    float[][] alone = new float[slots.length][];
    for (int i = 0; i < slots.length; i++) {
      sequences[i] = tokens(1 + 7 * i + steps, i);
      alone[i] = all(runner.prefill(0, sequences[i], 0, LogitsRows.ALL));
    }
    for (int i = 0; i < slots.length; i++) {
      int[] prompt = Arrays.copyOf(sequences[i], sequences[i].length - steps);
      runner.prefill(slots[i], prompt, 0, LogitsRows.NONE);
    }
    for (int step = 0; step < steps; step++) {
      int[] positions = new int[slots.length];
      int[] next = new int[slots.length];
      for (int i = 0; i < slots.length; i++) {
        positions[i] = sequences[i].length - steps + step;
        next[i] = sequences[i][positions[i]];
      }
      Logits logits = runner.decode(slots, next, positions);
      assertThat(logits.rows()).isEqualTo(slots.length);
      for (int i = 0; i < slots.length; i++) {
        int from = positions[i] * CONFIG.vocabSize();
        float[] expected = Arrays.copyOfRange(alone[i], from, from + CONFIG.vocabSize());
        assertClose(Difference.floats(logits.row(i)), expected);
      }
    }
  }

  @Test
  void firstTokenMayBeDecodedBesideOthers() {
    int[] other = tokens(20, 3);
    int token = 7;
    float[] expected = all(runner.prefill(2, new int[] {token}, 0, LogitsRows.LAST));
    runner.prefill(0, other, 0, LogitsRows.NONE);

    Logits logits = runner.decode(new int[] {0, 1}, new int[] {5, token}, new int[] {20, 0});

    assertClose(Difference.floats(logits.row(1)), expected);
  }

  @Test
  void whatASlotHeldBeforeDoesNotShow() {
    int[] tokens = tokens(10, 4);
    float[] expected = all(runner.prefill(0, tokens, 0, LogitsRows.ALL));
    for (int layer = 0; layer < CONFIG.nLayers(); layer++) {
      fill(runner.cache().keys(layer).data(), Float.NaN);
      fill(runner.cache().values(layer).data(), Float.NaN);
    }

    assertClose(chunked(0, tokens, 4, 5, 1), expected);
    assertClose(decoded(1, tokens), expected);
  }

  @Test
  void slotIsReusedAfterALongerSequence() {
    int[] tokens = tokens(12, 5);
    float[] expected = all(runner.prefill(0, tokens, 0, LogitsRows.ALL));
    runner.prefill(1, tokens(MAX_CONTEXT, 6), 0, LogitsRows.NONE);

    assertClose(decoded(1, tokens), expected);
  }

  @Test
  void copiedSlotContinuesAsItsSource() {
    int[] prompt = tokens(30, 7);
    runner.prefill(4, prompt, 0, LogitsRows.NONE);
    runner.copySlot(4, 0, 30);
    runner.prefill(4, new int[] {1, 2, 3}, 30, LogitsRows.NONE);

    Logits logits = runner.decode(new int[] {0}, new int[] {9}, new int[] {30});

    int[] whole = Arrays.copyOf(prompt, 31);
    whole[30] = 9;
    float[] actual = all(logits);
    assertClose(actual, all(runner.prefill(1, whole, 0, LogitsRows.LAST)));
  }

  @Test
  void copiesOnlyTheTokensAskedFor() {
    runner.prefill(0, tokens(30, 8), 0, LogitsRows.NONE);
    runner.prefill(1, tokens(30, 9), 0, LogitsRows.NONE);
    float[] before = cached(1, 30);

    runner.copySlot(0, 1, 0);
    assertThat(cached(1, 30)).isEqualTo(before);
    runner.copySlot(0, 1, 30);
    assertThat(cached(1, 30)).isEqualTo(cached(0, 30));
  }

  @Test
  void contextCanBeFilledToItsLastToken() {
    int[] tokens = tokens(MAX_CONTEXT, 10);
    float[] whole = all(runner.prefill(0, tokens, 0, LogitsRows.LAST));
    runner.prefill(1, Arrays.copyOf(tokens, MAX_CONTEXT - 1), 0, LogitsRows.NONE);
    int last = MAX_CONTEXT - 1;

    assertClose(
        all(runner.decode(new int[] {1}, new int[] {tokens[last]}, new int[] {last})), whole);
  }

  private float[] chunked(int slot, int[] tokens, int... lengths) {
    float[] logits = new float[tokens.length * CONFIG.vocabSize()];
    int position = 0;
    for (int length : lengths) {
      int[] chunk = Arrays.copyOfRange(tokens, position, position + length);
      float[] part = all(runner.prefill(slot, chunk, position, LogitsRows.ALL));
      System.arraycopy(part, 0, logits, position * CONFIG.vocabSize(), part.length);
      position += length;
    }
    assertThat(position).isEqualTo(tokens.length);
    return logits;
  }

  private float[] decoded(int slot, int[] tokens) {
    float[] logits = new float[tokens.length * CONFIG.vocabSize()];
    for (int i = 0; i < tokens.length; i++) {
      float[] row = all(runner.decode(new int[] {slot}, new int[] {tokens[i]}, new int[] {i}));
      System.arraycopy(row, 0, logits, i * CONFIG.vocabSize(), row.length);
    }
    return logits;
  }

  /// {@return the keys of a slot's first tokens, all layers and heads}
  private float[] cached(int slot, int tokens) {
    int width = CONFIG.headDim();
    float[] keys = new float[CONFIG.nLayers() * CONFIG.nKvHeads() * tokens * width];
    int at = 0;
    for (int layer = 0; layer < CONFIG.nLayers(); layer++) {
      for (int head = 0; head < CONFIG.nKvHeads(); head++) {
        long from = (long) (slot * CONFIG.nKvHeads() + head) * MAX_CONTEXT * width;
        MemorySegment.copy(
            runner.cache().keys(layer).data(),
            ValueLayout.JAVA_FLOAT,
            from * Float.BYTES,
            keys,
            at,
            tokens * width);
        at += tokens * width;
      }
    }
    return keys;
  }

  private static void fill(MemorySegment memory, float value) {
    for (long i = 0; i < memory.byteSize() / Float.BYTES; i++) {
      memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
  }

  private static int[] tokens(int count, long seed) {
    return TestModels.randomTokens(CONFIG, count, seed);
  }

  private static float[] all(Logits logits) {
    return Difference.floats(logits.data());
  }

  private static void assertClose(float[] actual, float[] expected) {
    Difference difference = new Difference();
    difference.add("logits", actual, expected);
    difference.assertBelow(NOISE);
  }
}
