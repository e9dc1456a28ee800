package dev.dbrx4j.onnx.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.dbrx4j.onnx.TestFolders;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotaryTableTest {
  /// The reference's power function errs by up to one unit in the last place; this one does not.
  @ParameterizedTest
  @ValueSource(strings = {"nano-f32", "micro-bf16"})
  void frequenciesAreTheReferences(String golden) throws IOException {
    Path file = TestFolders.golden(golden).resolve("golden/rope_inv_freq.f32");
    ByteBuffer expected = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);

    float[] frequencies = new RotaryTable(500_000, 16, 1, Math::cos).frequencies();

    assertThat(frequencies).hasSize(expected.remaining() / Float.BYTES);
    for (int i = 0; i < frequencies.length; i++) {
      float reference = expected.getFloat();
      assertThat(frequencies[i]).isCloseTo(reference, within(Math.ulp(reference)));
    }
  }

  /// The angle is a product of float32 numbers: at far positions that is not the exact angle.
  @Test
  void anglesAreRoundedAsInTheReference() {
    int positions = 3000; // more than a chunk
    RotaryTable table = new RotaryTable(10_000, 32, positions, Math::sin);
    float[] frequencies = table.frequencies();
    try (Checkpoint unused = Checkpoint.open(TestFolders.golden("nano-f32"))) {
      ByteBuffer written =
          ByteBuffer.wrap(WidenedTest.bytes(table, unused)).order(ByteOrder.LITTLE_ENDIAN);

      assertThat(written.remaining()).isEqualTo(positions * 16 * Float.BYTES);
      for (int position = 0; position < positions; position++) {
        for (float frequency : frequencies) {
          float angle = position * frequency;
          assertThat(written.getFloat()).isEqualTo((float) StrictMath.sin(angle));
        }
      }
    }
  }
}
