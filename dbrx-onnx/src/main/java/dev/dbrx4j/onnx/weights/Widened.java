package dev.dbrx4j.onnx.weights;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.safetensors.Tensor;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/// Rows of checkpoint tensors as 32-bit floats, one stretch after another. Every float16 and
/// bfloat16 value is also a float32, so nothing is rounded.
///
/// @param parts what to write, in order
public record Widened(List<TensorRows> parts) implements SectionContent {
  private static final int CHUNK_ELEMENTS = 1 << 18;

  @Override
  public void writeTo(Checkpoint checkpoint, List<ByteSink> sinks) {
    try (Chunk chunk = new Chunk(CHUNK_ELEMENTS)) {
      for (TensorRows part : parts) {
        write(part, checkpoint, chunk, sinks.getFirst());
      }
    }
  }

  private static void write(TensorRows part, Checkpoint checkpoint, Chunk chunk, ByteSink sink) {
    Tensor tensor = checkpoint.tensor(part.tensor());
    int elementBytes = tensor.dtype().bytes();
    long rowBytes = tensor.bytes() / tensor.shape().getFirst();
    long at = part.firstRow() * rowBytes;
    long end = at + part.rows() * rowBytes;
    while (at < end) {
      int elements = (int) Math.min(CHUNK_ELEMENTS, (end - at) / elementBytes);
      checkpoint.read(tensor, at, chunk.input(elements * elementBytes));
      sink.write(chunk.widen(tensor.dtype(), elements));
      at += (long) elements * elementBytes;
    }
  }

  /// Buffers of one conversion, reused for every chunk.
  static final class Chunk implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final ByteBuffer input;
    private final ByteBuffer output;
    private final short[] halves;
    private final int[] bits;
    private final float[] floats;

    Chunk(int elements) {
      input = littleEndian(elements);
      output = littleEndian(elements);
      halves = new short[elements];
      bits = new int[elements];
      floats = new float[elements];
    }

    @Override
    public void close() {
      arena.close();
    }

    /// {@return an empty buffer for so many bytes of input}
    ByteBuffer input(int bytes) {
      return input.clear().limit(bytes);
    }

    /// {@return the input as float32}
    ByteBuffer widen(DType dtype, int elements) {
      input.flip();
      return switch (dtype) {
        case F32 -> input;
        case BF16 -> fromBfloat16(elements);
        case F16 -> fromFloat16(elements);
        default -> throw new IllegalArgumentException("not a weight: " + dtype);
      };
    }

    private ByteBuffer fromBfloat16(int elements) {
      input.asShortBuffer().get(halves, 0, elements);
      for (int i = 0; i < elements; i++) {
        bits[i] = halves[i] << 16;
      }
      output.clear().asIntBuffer().put(bits, 0, elements);
      return output.limit(elements * Float.BYTES);
    }

    private ByteBuffer fromFloat16(int elements) {
      input.asShortBuffer().get(halves, 0, elements);
      for (int i = 0; i < elements; i++) {
        floats[i] = Float.float16ToFloat(halves[i]);
      }
      output.clear().asFloatBuffer().put(floats, 0, elements);
      return output.limit(elements * Float.BYTES);
    }

    private ByteBuffer littleEndian(int elements) {
      return arena.allocate(JAVA_FLOAT, elements).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
