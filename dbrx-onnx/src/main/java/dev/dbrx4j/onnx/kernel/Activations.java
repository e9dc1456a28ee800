package dev.dbrx4j.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Vectors of activations as integers, in tiles. Each group's scale is its largest magnitude
/// divided by the largest integer: 127 beside weights of four bits, and beside those of eight
/// 8,191, for which a lane's eight products sum up to less than 2^24, which float32 holds.
final class Activations {
  /// A float plus this has no fraction; the integer stands in its low bits.
  private static final float ROUND = 0x1.8p23f;

  /// Where a cache line begins.
  private static final int ALIGNMENT = 64;

  private final int inputs;
  private final int most;
  private final int zeroPoint;
  private final Tile[] shapes = new Tile[Tile.MOST_TOKENS + 1];
  private final ProductKernel[] kernels = new ProductKernel[shapes.length];
  private final long tileBytes;
  private Tiling tiling = new Tiling();
  private MemorySegment memory = MemorySegment.NULL;

  /// Prepares to be multiplied by matrices like one.
  Activations(BlockMatrix m) {
    inputs = m.inputs();
    most = m.bits() == 4 ? 127 : 8191;
    zeroPoint = 1 << (m.bits() - 1);
    for (int tokens = 1; tokens < shapes.length; tokens++) {
      shapes[tokens] = new Tile(inputs, m.bits(), m.block(), tokens);
      kernels[tokens] = new ProductKernel(shapes[tokens]);
    }
    tileBytes = Math.ceilDiv(shapes[Tile.MOST_TOKENS].bytes(), ALIGNMENT) * (long) ALIGNMENT;
  }

  /// Makes room for vectors.
  void reserve(Tiling vectors) {
    tiling = vectors;
    long bytes = vectors.tiles() * tileBytes;
    if (memory.byteSize() < bytes) {
      memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }
  }

  /// Takes the vectors of a tile.
  ///
  /// @param tile its number
  /// @param addresses tells where a vector's floats lie
  void set(int tile, Addresses addresses) {
    float[] group = new float[shapes[1].group()];
    for (int i = 0; i < tiling.vectors(tile); i++) {
      set(tile, i, addresses.of(tiling.first(tile) + i), group);
    }
  }

  /// Where vectors lie.
  interface Addresses {
    /// {@return the address of a vector}
    ///
    /// @param vector its number
    long of(int vector);
  }

  /// Multiplies rows by the vectors of a tile.
  ///
  /// @param tile its number
  /// @param m a matrix like the one that was given first
  /// @param from the first row
  /// @param rows how many
  /// @param y where the products go
  void multiply(int tile, BlockMatrix m, int from, int rows, long y) {
    kernels[tiling.vectors(tile)].multiply(m, from, rows, memory.address() + tile * tileBytes, y);
  }

  private void set(int tile, int lane, long address, float[] group) {
    Tile shape = shapes[tiling.vectors(tile)];
    MemorySegment t = memory.asSlice(tile * tileBytes, shape.bytes());
    long corrections = shape.correctionsOffset() + (long) lane * shape.correctionBytes();
    t.asSlice(corrections, shape.correctionBytes()).fill((byte) 0);
    for (int g = 0; g < shape.groups(); g++) {
      int from = g * group.length;
      int count = Math.clamp((long) inputs - from, 0, group.length);
      MemorySegment.copy(
          Memory.ALL, JAVA_FLOAT_UNALIGNED, address + (long) from * Float.BYTES, group, 0, count);
      Arrays.fill(group, count, group.length, 0);
      float largest = largest(group);
      float scale = largest / most;
      int index = g * shape.tokens() + lane;
      long at = (long) index * shape.groupBytes();
      t.set(JAVA_FLOAT, shape.scalesOffset() + (long) index * Float.BYTES, scale);
      float inverse = largest == 0 ? 0 : most / largest;
      int step = Math.min(group.length, shape.block());
      for (int i = 0; i < group.length; i += step) {
        int sum =
            shape.bits() == 4
                ? setBytes(group, i, step, inverse, t, at)
                : setShorts(group, i, step, inverse, t, at);
        long block = corrections + (long) (from + i) / shape.block() * Float.BYTES;
        t.set(JAVA_FLOAT, block, t.get(JAVA_FLOAT, block) - zeroPoint * scale * sum);
      }
    }
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /// Stores integers as the weights lie after they were unpacked: of 64 those with even numbers
  /// come first.
  ///
  /// @return their sum
  private static int setBytes(
      float[] group, int from, int count, float inverse, MemorySegment tile, long at) {
    int sum = 0;
    for (int i = from; i < from + count; i += 2) {
      int even = rounded(group[i] * inverse);
      int odd = rounded(group[i + 1] * inverse);
      sum += even + odd;
      long to = at + (i & -64) + (i & 63) / 2;
      tile.set(JAVA_BYTE, to, (byte) even);
      tile.set(JAVA_BYTE, to + 32, (byte) odd);
    }
    return sum;
  }

  private static int setShorts(
      float[] group, int from, int count, float inverse, MemorySegment tile, long at) {
    int sum = 0;
    for (int i = from; i < from + count; i++) {
      int integer = rounded(group[i] * inverse);
      sum += integer;
      tile.set(JAVA_SHORT, at + (long) i * Short.BYTES, (short) integer);
    }
    return sum;
  }

  private static int rounded(float x) {
    return Float.floatToRawIntBits(x + ROUND) << 10 >> 10;
  }
}
