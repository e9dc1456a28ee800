package dev.dbrx4j.onnx.weights;

import dev.dbrx4j.onnx.safetensors.Checkpoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/// Rows of checkpoint tensors as bfloat16, one stretch after another: exactly a bfloat16
/// checkpoint's, rounded to the nearest, of two to the even one, from other types.
///
/// @param parts what to write, in order
public record Bfloat16(List<TensorRows> parts) implements SectionContent {
  private static final int DROPPED_BITS = 16;
  private static final int QUIET_NAN = 0x40;

  @Override
  public void writeTo(Checkpoint checkpoint, List<ByteSink> sinks) {
    ByteSink sink = sinks.getFirst();
    new Widened(parts).writeTo(checkpoint, List.of(floats -> sink.write(rounded(floats))));
  }

  private static ByteBuffer rounded(ByteBuffer bytes) {
    FloatBuffer floats = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    ByteBuffer halves =
        ByteBuffer.allocate(floats.remaining() * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (floats.hasRemaining()) {
      halves.putShort(rounded(floats.get()));
    }
    return halves.flip();
  }

  /// {@return the bits of the bfloat16 nearest to a number}
  ///
  /// @param value the number
  public static short rounded(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> DROPPED_BITS) | QUIET_NAN);
    }
    int even = (bits >>> DROPPED_BITS) & 1;
    return (short) ((bits + 0x7fff + even) >>> DROPPED_BITS);
  }
}
