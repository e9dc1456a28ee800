package dev.dbrx4j.bench.sampling;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/// The peer: one pass over the logits that only finds the largest. Two ways to write it, of which
/// the quicker one counts: which of them the compiler vectorises depends on its version.
enum MaximumPass {
  /// Compares floats.
  FLOATS {
    @Override
    int run(MemorySegment logits, int size) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < size; i++) {
        largest = Math.max(largest, logits.getAtIndex(JAVA_FLOAT, i));
      }
      return Float.floatToRawIntBits(largest);
    }
  },
  /// Compares the floats' bits, made to order as integers.
  BITS {
    @Override
    int run(MemorySegment logits, int size) {
      int largest = Integer.MIN_VALUE;
      for (int i = 0; i < size; i++) {
        int bits = logits.getAtIndex(JAVA_INT, i);
        largest = Math.max(largest, bits ^ (bits >> 31 >>> 1));
      }
      return largest;
    }
  };

  abstract int run(MemorySegment logits, int size);
}
