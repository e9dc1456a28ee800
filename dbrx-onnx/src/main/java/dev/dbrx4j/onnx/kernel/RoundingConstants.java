package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// What [RoundingCode] needs in memory, by number: vectors of eight 32-bit lanes.
final class RoundingConstants {
  /// The largest integer.
  static final int MOST = 0;

  /// Divides where all activations are zero.
  static final int TINY = 1;

  /// The weights' zero point, negated.
  static final int ZERO_POINT = 2;

  /// Where lanes are found after narrowing twice.
  static final int IN_ORDER = 3;

  /// The middle quarters change places.
  static final int MIDDLE_SWAPPED = 4;

  /// Bytes with even numbers of each half, then those with odd ones.
  static final int EVEN_FIRST = 5;

  private static final int MOST_BYTE = 127;

  /// Beside weights of eight bits a lane sums eight products of up to 255 times this, which stays
  /// below 2^24, so float32 holds it.
  private static final int MOST_SHORT = 8191;

  private static final int LANES = 8;

  private RoundingConstants() {}

  /// {@return the constants beside weights of so many bits}
  static MemorySegment of(int bits) {
    MemorySegment memory = Arena.ofAuto().allocate(6L * LANES * Integer.BYTES, 64);
    set(memory, MOST, same(bits == 4 ? MOST_BYTE : MOST_SHORT));
    set(memory, TINY, same(1e-30f));
    set(memory, ZERO_POINT, same(-(1 << (bits - 1))));
    set(memory, IN_ORDER, 0, 4, 1, 5, 2, 6, 3, 7);
    set(memory, MIDDLE_SWAPPED, 0, 1, 4, 5, 2, 3, 6, 7);
    int[] evenFirst = {0x06040200, 0x0e0c0a08, 0x07050301, 0x0f0d0b09};
    set(memory, EVEN_FIRST, evenFirst);
    MemorySegment.copy(evenFirst, 0, memory, JAVA_INT, EVEN_FIRST * 32L + 16, 4);
    return memory;
  }

  private static int[] same(float value) {
    int[] lanes = new int[LANES];
    Arrays.fill(lanes, Float.floatToRawIntBits(value));
    return lanes;
  }

  private static void set(MemorySegment memory, int index, int... lanes) {
    MemorySegment.copy(lanes, 0, memory, JAVA_INT, index * 32L, lanes.length);
  }
}
