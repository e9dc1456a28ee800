package dev.dbrx4j.onnx.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.safetensors.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Reads stretches of a checkpoint's tensor as floats.
final class FloatReader {
  private final Checkpoint checkpoint;
  private final ByteBuffer bytes;
  private final short[] halves;
  private final int[] bits;

  /// @param owner frees the memory
  /// @param most numbers of a stretch, at most
  FloatReader(Checkpoint checkpoint, Arena owner, int most) {
    this.checkpoint = checkpoint;
    bytes =
        owner
            .allocate(JAVA_BYTE, (long) most * Float.BYTES)
            .asByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN);
    halves = new short[most];
    bits = new int[most];
  }

  /// Reads numbers.
  ///
  /// @param tensor where from
  /// @param first index of the first number in the tensor
  /// @param count how many
  /// @param target takes them
  /// @param offset index of the first in the target
  void read(Tensor tensor, long first, int count, float[] target, int offset) {
    int size = tensor.dtype().bytes();
    bytes.clear().limit(count * size);
    checkpoint.read(tensor, first * size, bytes);
    bytes.flip();
    switch (tensor.dtype()) {
      case F32 -> bytes.asFloatBuffer().get(target, offset, count);
      case BF16 -> {
        bytes.asShortBuffer().get(halves, 0, count);
        for (int i = 0; i < count; i++) {
          bits[i] = halves[i] << 16;
        }
        MemorySegment.copy(
            MemorySegment.ofArray(bits),
            JAVA_INT,
            0,
            MemorySegment.ofArray(target),
            JAVA_INT,
            4L * offset,
            count);
      }
      case F16 -> {
        bytes.asShortBuffer().get(halves, 0, count);
        for (int i = 0; i < count; i++) {
          target[offset + i] = Float.float16ToFloat(halves[i]);
        }
      }
      default -> throw new IllegalArgumentException("not a weight: " + tensor.dtype());
    }
  }
}
