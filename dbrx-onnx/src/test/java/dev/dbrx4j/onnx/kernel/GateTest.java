package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

@DisabledIf("isImpossible")
class GateTest {
  private static final int COUNT = 200_000;

  /// Over all that matters, and beyond what e^x can hold.
  @Test
  void isSiluTimesUp() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment gates = arena.allocate(JAVA_FLOAT, COUNT);
      MemorySegment ups = arena.allocate(JAVA_FLOAT, COUNT);
      for (int i = 0; i < COUNT; i++) {
        gates.setAtIndex(JAVA_FLOAT, i, x(i));
        ups.setAtIndex(JAVA_FLOAT, i, i % 7 - 3);
      }
      Gate.apply(gates.address(), ups.address(), COUNT / Gate.LANES, Gate.LANES * Float.BYTES);
      for (int i = 0; i < COUNT; i++) {
        double expected = x(i) / (1 + Math.exp(-(double) x(i))) * (i % 7 - 3);
        double actual = gates.getAtIndex(JAVA_FLOAT, i);
        assertThat(Math.abs(actual - expected))
            .as("of %s", x(i))
            .isLessThanOrEqualTo(4e-7 * Math.abs(expected) + 1e-34);
      }
    }
  }

  @Test
  void stridesLeaveTheRestAlone() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(JAVA_FLOAT, 32);
      for (int i = 0; i < 32; i++) {
        memory.setAtIndex(JAVA_FLOAT, i, 2);
      }
      Gate.apply(memory.address(), memory.address() + 32, 2, 64);
      for (int i = 0; i < 32; i++) {
        float expected = i / 8 % 2 == 0 ? 3.523188f : 2;
        assertThat(memory.getAtIndex(JAVA_FLOAT, i)).isBetween(expected - 1e-6f, expected + 1e-6f);
      }
    }
  }

  @Test
  void keepsWhatIsNoNumber() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(JAVA_FLOAT, 16);
      memory.fill((byte) -1);
      Gate.apply(memory.address(), memory.address() + 32, 1, 32);
      assertThat(memory.get(JAVA_FLOAT, 0)).isNaN();
    }
  }

  private static float x(int i) {
    return (i - COUNT / 2) * 0.0015f;
  }

  static boolean isImpossible() {
    return !BlockOperators.obstacle().isEmpty();
  }
}
