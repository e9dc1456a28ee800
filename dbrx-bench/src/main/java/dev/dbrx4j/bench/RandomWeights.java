package dev.dbrx4j.bench;

import java.nio.ShortBuffer;
import java.util.random.RandomGenerator;

/// How random weights are drawn, as bfloat16.
public enum RandomWeights {
  /// Three values, zero half of the time: 1.5 bits a weight, so that a compressed checkpoint is
  /// small.
  TERNARY {
    @Override
    void fill(ShortBuffer target, double deviation, RandomGenerator random) {
      double scale = Math.scalb(1.0, (int) Math.rint(Math.log(deviation) / Math.log(2) + 0.5));
      short plus = bfloat16((float) scale);
      short minus = bfloat16((float) -scale);
      while (target.hasRemaining()) {
        long bits = random.nextLong();
        for (int i = 0; i < 32 && target.hasRemaining(); i++, bits >>>= 2) {
          target.put((bits & 1) == 0 ? 0 : (bits & 2) == 0 ? plus : minus);
        }
      }
    }
  },
  /// Normally distributed, as an untrained model's.
  NORMAL {
    @Override
    void fill(ShortBuffer target, double deviation, RandomGenerator random) {
      while (target.hasRemaining()) {
        target.put(bfloat16((float) (random.nextGaussian() * deviation)));
      }
    }
  };

  /// Fills a buffer.
  ///
  /// @param target filled to its limit
  /// @param deviation standard deviation of the weights, roughly
  /// @param random where they come from
  abstract void fill(ShortBuffer target, double deviation, RandomGenerator random);

  /// {@return the bits of the nearest bfloat16, ties to even}
  ///
  /// @param value a finite number
  static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
