package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/// Matrices of random integers and scales, one after another in memory, and what they stand for.
final class RandomMatrix {
  final BlockMatrix matrix;
  final float[][][] weights;

  RandomMatrix(
      Arena arena,
      SplittableRandom random,
      int count,
      int outputs,
      int inputs,
      int bits,
      int block) {
    BlockMatrix shape = new BlockMatrix(0, 0, outputs, inputs, bits, block);
    MemorySegment integers = arena.allocate((long) count * outputs * shape.rowBytes());
    MemorySegment scales = arena.allocate(JAVA_FLOAT, (long) count * outputs * shape.blocks());
    for (long i = 0; i < integers.byteSize(); i++) {
      integers.set(JAVA_BYTE, i, (byte) random.nextInt());
    }
    for (long i = 0; i < scales.byteSize() / 4; i++) {
      scales.setAtIndex(JAVA_FLOAT, i, random.nextFloat() - 0.5f);
    }
    matrix = new BlockMatrix(integers.address(), scales.address(), outputs, inputs, bits, block);
    weights = new float[count][outputs][inputs];
    for (int m = 0; m < count; m++) {
      for (int row = 0; row < outputs; row++) {
        for (int i = 0; i < inputs; i++) {
          long line = (long) m * outputs + row;
          float scale = scales.getAtIndex(JAVA_FLOAT, line * shape.blocks() + i / block);
          int stored =
              integers.get(JAVA_BYTE, line * shape.rowBytes() + (long) i * bits / 8L) & 0xff;
          int integer = bits == 8 ? stored : stored >> (i % 2 * 4) & 15;
          weights[m][row][i] = scale * (integer - (1 << (bits - 1)));
        }
      }
    }
  }

  /// {@return the product in double arithmetic}
  static double[] product(float[][] weights, double[] x) {
    double[] y = new double[weights.length];
    for (int row = 0; row < y.length; row++) {
      for (int i = 0; i < x.length; i++) {
        y[row] += weights[row][i] * x[i];
      }
    }
    return y;
  }

  static double[] normal(SplittableRandom random, int length) {
    return random.doubles(length).map(u -> (float) (4 * u - 2)).toArray();
  }

  static MemorySegment floats(Arena arena, double[]... vectors) {
    MemorySegment memory = arena.allocate(JAVA_FLOAT, (long) vectors.length * vectors[0].length);
    int at = 0;
    for (double[] vector : vectors) {
      for (double value : vector) {
        memory.setAtIndex(JAVA_FLOAT, at++, (float) value);
      }
    }
    return memory;
  }

  /// {@return the error of a vector, relative to its length}
  static double error(float[] actual, int at, double[] expected) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[at + i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / length);
  }
}
