package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.ModelClosedException;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.spi.LogitsRows;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What ONNX Runtime would take as an index into its buffers is refused before.
class RunnerArgumentsTest {
  private static final DbrxConfig CONFIG = TestModels.SMALL;

  private static OnnxModelRunner runner;

  @BeforeAll
  static void open() {
    runner = TestModels.open(CONFIG, 3, 16);
  }

  @AfterAll
  static void close() {
    runner.close();
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        prefill("slot is 3 and must be in 0..2", 3, 0, 1),
        prefill("slot is -1", -1, 0, 1),
        prefill("tokens.length is 0 and must be in 1..16", 0, 0),
        prefill("tokens.length is 17", 0, 0, new int[17]),
        prefill("position is 15 and must be in 0..14", 0, 15, 1, 2),
        prefill("position is -1", 0, -1, 1),
        prefill("token id is 251 and must be in 0..250", 0, 0, 1, 251),
        prefill("token id is -1", 0, 0, -1),
        decode("slots.length is 0", new int[0], new int[0], new int[0]),
        decode("slots, strictly ascending, is 3", ints(0, 3), ints(1, 1), ints(0, 0)),
        decode("slots, strictly ascending, is 1", ints(1, 1), ints(1, 1), ints(0, 0)),
        decode("slots, strictly ascending, is 0", ints(2, 0), ints(1, 1), ints(0, 0)),
        decode("tokens.length is 1 and must be in 2..2", ints(0, 1), ints(1), ints(0, 0)),
        decode("positions.length is 1", ints(0, 1), ints(1, 1), ints(0)),
        decode("token id is 251", ints(0), ints(251), ints(0)),
        decode("position is 16 and must be in 0..15", ints(0), ints(1), ints(16)),
        decode("position is -1", ints(0), ints(1), ints(-1)),
        copy("from is 3", 3, 0, 1),
        copy("to is -1", 0, -1, 1),
        copy("tokens is 17 and must be in 0..16", 0, 1, 17));
  }

  private static Arguments prefill(String message, int slot, int position, int... tokens) {
    return call(message, r -> r.prefill(slot, tokens, position, LogitsRows.LAST));
  }

  private static Arguments decode(String message, int[] slots, int[] tokens, int[] positions) {
    return call(message, r -> r.decode(slots, tokens, positions));
  }

  private static Arguments copy(String message, int from, int to, int tokens) {
    return call(message, r -> r.copySlot(from, to, tokens));
  }

  private static Arguments call(String message, Consumer<OnnxModelRunner> call) {
    return Arguments.of(message, call);
  }

  private static int[] ints(int... values) {
    return values;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void isRefused(String message, Consumer<OnnxModelRunner> call) {
    assertThatThrownBy(() -> call.accept(runner))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }

  @Test
  void optionsAreRefusedByName() {
    assertThatThrownBy(() -> TestModels.open(CONFIG, 0, 16))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("slots is 0");
    assertThatThrownBy(() -> TestModels.open(CONFIG, 1, CONFIG.maxSeqLen() + 1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("maxContext is 513 and must be in 1..512");
  }

  @Test
  void cacheBeyondTheMachineIsRefusedWithItsSize() {
    assertThatThrownBy(() -> TestModels.open(CONFIG, Integer.MAX_VALUE / 16, 512))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("134217727 slots of 512 tokens takes 33554431 MB")
        .hasMessageContaining("choose slots and contextLength so that their product is at most");
  }

  @Test
  void cacheMayTakeAllMemoryAndNotAByteMore() {
    long bytes = KvCache.bytes(CONFIG, LayerRange.all(CONFIG), ElementType.FLOAT, 3, 512);
    KvCache.checkFits(CONFIG, ElementType.FLOAT, 3, 512, bytes);
    assertThatThrownBy(() -> KvCache.checkFits(CONFIG, ElementType.FLOAT, 3, 512, bytes - 1))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("their product is at most 1535");
  }

  @Test
  void cacheBeyond64BitsIsRefused() {
    assertThatThrownBy(() ->
            KvCache.bytes(
                TestModels.LARGE,
                LayerRange.all(TestModels.LARGE),
                ElementType.FLOAT,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("2147483647 slots");
  }

  @Test
  void graphOfAnotherModelIsRefused() {
    assertThatThrownBy(() -> TestModels.openAs(CONFIG, TestModels.LARGE))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(
            "input past_key.0 is FLOAT [-1, 2, -1, 16], not FLOAT [-1, 2, -1, 64]");
  }

  @Test
  void closedRunnerSaysSo() {
    OnnxModelRunner closed = TestModels.open(CONFIG, 1, 16);
    closed.close();
    closed.close();
    closed.terminate();
    assertThatThrownBy(() -> closed.prefill(0, ints(1), 0, LogitsRows.LAST))
        .isInstanceOf(ModelClosedException.class);
  }
}
