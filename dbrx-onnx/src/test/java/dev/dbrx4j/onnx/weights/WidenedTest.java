package dev.dbrx4j.onnx.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.TestFolders;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.Widened.Chunk;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class WidenedTest {
  private static final int ALL = 1 << 16;

  /// Widens every pattern of 16 bits and compares with a value computed from the fields.
  private static void assertWidens(DType dtype, IntFunction<Float> expected) {
    try (Chunk chunk = new Chunk(ALL)) {
      ByteBuffer input = chunk.input(ALL * Short.BYTES);
      for (int bits = 0; bits < ALL; bits++) {
        input.putShort((short) bits);
      }
      ByteBuffer output = chunk.widen(dtype, ALL);
      assertThat(output.remaining()).isEqualTo(ALL * Float.BYTES);
      for (int bits = 0; bits < ALL; bits++) {
        float value = output.getFloat(bits * Float.BYTES);
        assertThat(Float.floatToIntBits(value))
            .as("%s %04x", dtype, bits)
            .isEqualTo(Float.floatToIntBits(expected.apply(bits)));
      }
    }
  }

  /// The value of a binary float from its fields.
  private static float value(int bits, int exponentBits, int fractionBits) {
    int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
    int fraction = bits & ((1 << fractionBits) - 1);
    int bias = (1 << (exponentBits - 1)) - 1;
    double sign = (bits >> (exponentBits + fractionBits)) == 0 ? 1 : -1;
    if (exponent == (1 << exponentBits) - 1) {
      return fraction == 0 ? (float) (sign / 0) : Float.NaN;
    }
    double significand = fraction / (double) (1 << fractionBits) + (exponent == 0 ? 0 : 1);
    return (float) (sign * significand * Math.pow(2, Math.max(exponent, 1) - bias));
  }

  @Test
  void everyBfloat16() {
    assertWidens(DType.BF16, bits -> value(bits, 8, 7));
  }

  @Test
  void everyFloat16() {
    assertWidens(DType.F16, bits -> value(bits, 5, 10));
  }

  @Test
  void bfloat16sAreTheNearest() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      int bits = Short.toUnsignedInt(Bfloat16.rounded(value));
      float rounded = value(bits, 8, 7);
      if (Float.isNaN(value)) {
        assertThat(rounded).isNaN();
      } else if (Math.abs(value) > 1e-30 && Math.abs(value) < 1e30) {
        double error = Math.abs((double) rounded - value);
        double below = Math.abs((double) value(bits - 1, 8, 7) - value);
        double above = Math.abs((double) value(bits + 1, 8, 7) - value);
        assertThat(error).isLessThanOrEqualTo(below).isLessThanOrEqualTo(above);
        assertThat((error < below && error < above) || bits % 2 == 0).as("%s", value).isTrue();
      }
    }
  }

  @Test
  void bfloat16sOfACheckpointStayAsTheyAre() {
    for (int bits = 0; bits < ALL; bits++) {
      float value = value(bits, 8, 7);
      if (!Float.isNaN(value)) {
        assertThat(Short.toUnsignedInt(Bfloat16.rounded(value))).isEqualTo(bits);
      }
    }
  }

  @Test
  void takesRowsInTheOrderGiven() {
    try (Checkpoint checkpoint = Checkpoint.open(TestFolders.golden("nano-f32"))) {
      DbrxConfig config = checkpoint.config();
      String table = "transformer.wte.weight";
      byte[] all = written(checkpoint, new TensorRows(table, 0, config.vocabSize()));
      byte[] some = written(checkpoint, new TensorRows(table, 7, 2), new TensorRows(table, 3, 1));

      int row = config.dModel() * Float.BYTES;
      assertThat(all).hasSize(config.vocabSize() * row);
      assertThat(some).hasSize(3 * row);
      assertThat(ByteBuffer.wrap(some, 0, 2 * row))
          .isEqualTo(ByteBuffer.wrap(all, 7 * row, 2 * row));
      assertThat(ByteBuffer.wrap(some, 2 * row, row)).isEqualTo(ByteBuffer.wrap(all, 3 * row, row));
    }
  }

  private static byte[] written(Checkpoint checkpoint, TensorRows... parts) {
    return bytes(new Widened(List.of(parts)), checkpoint);
  }

  static byte[] bytes(SectionContent content, Checkpoint checkpoint) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.writeTo(
        checkpoint,
        List.of(piece -> {
          byte[] bytes = new byte[piece.remaining()];
          piece.order(ByteOrder.LITTLE_ENDIAN).get(bytes);
          out.writeBytes(bytes);
        }));
    return out.toByteArray();
  }
}
