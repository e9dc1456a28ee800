package dev.dbrx4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.bench.gguf.GgufModel;
import dev.dbrx4j.bench.gguf.GgufType;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Reads the files back, as the format's description says.
class GgufModelTest {
  private static final DbrxConfig CONFIG =
      new DbrxConfig(64, 2, 1, 2, 512, 300, 8f, 500_000, 96, 3, 2, 1f, Activation.SILU);

  @TempDir Path folder;

  @SuppressWarnings("ArrayRecordComponent") // never compared, never written to
  private record Entry(long[] shape, int type, long offset) {}

  @ParameterizedTest
  @EnumSource
  void holdsTheCheckpointsWeights(GgufType type) throws IOException {
    Path checkpoint = folder.resolve("checkpoint");
    new RandomCheckpoint(CONFIG, RandomWeights.NORMAL, 1, Long.MAX_VALUE).write(checkpoint);
    Path file = folder.resolve("model.gguf");
    GgufModel.write(checkpoint, type, file);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Entry> entries = new HashMap<>();
    int data = readHeader(bytes, entries);
    assertThat(entries).hasSize(3 + 2 * 8);
    assertThat(entries.get("blk.1.ffn_down_exps.weight").shape).containsExactly(96, 64, 3);
    try (Checkpoint source = Checkpoint.open(checkpoint)) {
      double deviation = 1 / Math.sqrt(96);
      float[] w2 = read(source, "transformer.blocks.1.ffn.experts.mlp.w2", 3 * 96 * 64);
      for (int i = 0; i < 500; i++) {
        int expert = i % 3;
        int output = i * 7 % 64;
        int input = i * 11 % 96;
        float expected = w2[(expert * 96 + input) * 64 + output];
        long index = ((long) expert * 64 + output) * 96 + input;
        float actual = value(bytes, data, entries.get("blk.1.ffn_down_exps.weight"), index);
        assertThat(actual).isCloseTo(expected, within(type, deviation));
      }
      float[] router = read(source, "transformer.blocks.0.ffn.router.layer.weight", 3 * 64);
      for (int i = 0; i < router.length; i++) {
        assertThat(value(bytes, data, entries.get("blk.0.ffn_gate_inp.weight"), i))
            .isEqualTo(router[i]);
      }
    }
  }

  /// Half a step of a block whose largest magnitude is at most five deviations.
  private static org.assertj.core.data.Offset<Float> within(GgufType type, double deviation) {
    double steps = type == GgufType.F32 ? 1e9 : type == GgufType.Q8_0 ? 127 : 8;
    return org.assertj.core.data.Offset.offset((float) (5 * deviation / steps));
  }

  private static float value(ByteBuffer bytes, int data, Entry entry, long index) {
    int start = (int) (data + entry.offset);
    int within = (int) (index % 32);
    int block = (int) (index / 32);
    return switch (entry.type) {
      case 0 -> bytes.getFloat(start + (int) index * 4);
      case 2 -> {
        int at = start + block * 18;
        int packed = bytes.get(at + 2 + within % 16) >> (within / 16 * 4) & 15;
        yield Float.float16ToFloat(bytes.getShort(at)) * (packed - 8);
      }
      case 8 -> {
        int at = start + block * 34;
        yield Float.float16ToFloat(bytes.getShort(at)) * bytes.get(at + 2 + within);
      }
      default -> throw new IllegalStateException("type " + entry.type);
    };
  }

  private static int readHeader(ByteBuffer in, Map<String, Entry> entries) {
    assertThat(in.getInt()).isEqualTo(0x46554747);
    assertThat(in.getInt()).isEqualTo(3);
    long tensors = in.getLong();
    long keys = in.getLong();
    for (long i = 0; i < keys; i++) {
      string(in);
      skip(in, in.getInt());
    }
    for (long i = 0; i < tensors; i++) {
      String name = string(in);
      long[] shape = new long[in.getInt()];
      for (int d = 0; d < shape.length; d++) {
        shape[d] = in.getLong();
      }
      entries.put(name, new Entry(shape, in.getInt(), in.getLong()));
    }
    return Math.ceilDiv(in.position(), 32) * 32;
  }

  private static void skip(ByteBuffer in, int type) {
    switch (type) {
      case 4, 5, 6 -> in.getInt();
      case 8 -> string(in);
      case 9 -> {
        int element = in.getInt();
        long count = in.getLong();
        for (long i = 0; i < count; i++) {
          skip(in, element);
        }
      }
      default -> throw new IllegalStateException("type " + type);
    }
  }

  private static String string(ByteBuffer in) {
    byte[] utf8 = new byte[(int) in.getLong()];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static float[] read(Checkpoint checkpoint, String name, int count) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(count * 2).order(ByteOrder.LITTLE_ENDIAN);
    checkpoint.read(checkpoint.tensor(name), 0, bytes);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
    }
    return values;
  }
}
