package dev.dbrx4j.onnx.weights;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.dbrx4j.onnx.safetensors.Checkpoint;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/// Cosines or sines of the rotary position embedding, float32 `[positions, headDim / 2]`: entry
/// `(p, i)` is the function of `p / theta^(2i/headDim)`. As in the reference, exponent, power,
/// reciprocal and angle are each rounded to float32; a last-bit difference in a frequency grows
/// with the position until it outweighs all other float32 noise.
///
/// @param theta base of the frequencies
/// @param headDim width of a head
/// @param positions rows
/// @param function cosine or sine
public record RotaryTable(double theta, int headDim, int positions, DoubleUnaryOperator function)
    implements SectionContent {
  private static final int CHUNK_ROWS = 1024;

  /// {@return the angle by which each pair of a head turns from one position to the next}
  public float[] frequencies() {
    float[] frequencies = new float[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float exponent = (float) (2 * i) / headDim;
      frequencies[i] = 1 / (float) Math.pow(theta, exponent);
    }
    return frequencies;
  }

  @Override
  public void writeTo(Checkpoint checkpoint, List<ByteSink> sinks) {
    ByteSink sink = sinks.getFirst();
    float[] frequencies = frequencies();
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer chunk = chunk(arena, frequencies.length);
      for (int position = 0; position < positions; position++) {
        for (float frequency : frequencies) {
          chunk.putFloat((float) function.applyAsDouble(position * frequency));
        }
        if (!chunk.hasRemaining() || position == positions - 1) {
          sink.write(chunk.flip());
          chunk.clear();
        }
      }
    }
  }

  private static ByteBuffer chunk(Arena arena, int width) {
    return arena
        .allocate(JAVA_FLOAT, (long) CHUNK_ROWS * width)
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }
}
