package dev.dbrx4j.bench.quality;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.safetensors.DbrxTensors;
import dev.dbrx4j.onnx.safetensors.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/// A checkpoint whose weights are what a scheme makes of another's, in float32: run in float32, it
/// shows what the scheme alone does. For models that fit into memory.
record RoundedCheckpoint(Checkpoint source, Scheme scheme) {
  /// Writes it.
  void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.copy(source.folder().resolve("config.json"), folder.resolve("config.json"));
    Map<String, List<Long>> shapes = DbrxTensors.shapes(source.config());
    byte[] header = JsonMapper.shared().writeValueAsBytes(header(shapes));
    Path file = folder.resolve("model.safetensors");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(littleEndian(Long.BYTES).putLong(header.length).flip());
      out.write(ByteBuffer.wrap(header));
      for (String name : shapes.keySet()) {
        float[] weights = read(name);
        round(name, weights);
        ByteBuffer bytes = littleEndian(weights.length * Float.BYTES);
        bytes.asFloatBuffer().put(weights);
        out.write(bytes);
      }
    }
  }

  private static Map<String, Object> header(Map<String, List<Long>> shapes) {
    Map<String, Object> header = new LinkedHashMap<>();
    long end = 0;
    for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
      long begin = end;
      end += tensor.getValue().stream().reduce((long) Float.BYTES, Math::multiplyExact);
      Object range = List.of(begin, end);
      header.put(
          tensor.getKey(),
          Map.of("dtype", "F32", "shape", tensor.getValue(), "data_offsets", range));
    }
    return header;
  }

  private void round(String name, float[] weights) {
    DbrxConfig config = source.config();
    int width = config.dModel();
    if (name.endsWith(".mlp.w2")) {
      int ffn = config.ffnHiddenSize();
      for (int e = 0; e < config.nExperts(); e++) {
        for (int output = 0; output < width; output++) {
          round(weights, e * ffn * width + output, width, ffn, scheme.matrices());
        }
      }
    } else if (!name.contains("norm_1")
        && !name.contains("norm_2")
        && !name.contains("norm_f")
        && !name.contains("router")) {
      boolean rest = name.contains("wte") || name.contains("lm_head");
      for (int from = 0; from < weights.length; from += width) {
        round(weights, from, 1, width, rest ? scheme.rest() : scheme.matrices());
      }
    }
  }

  private static void round(
      float[] weights, int from, int step, int count, Consumer<float[]> scheme) {
    float[] row = new float[count];
    for (int i = 0; i < count; i++) {
      row[i] = weights[from + i * step];
    }
    scheme.accept(row);
    for (int i = 0; i < count; i++) {
      weights[from + i * step] = row[i];
    }
  }

  private float[] read(String name) {
    Tensor tensor = source.tensor(name);
    int bytesEach = tensor.dtype().bytes();
    ByteBuffer bytes = littleEndian(Math.toIntExact(tensor.bytes()));
    source.read(tensor, 0, bytes);
    float[] weights = new float[bytes.capacity() / bytesEach];
    for (int i = 0; i < weights.length; i++) {
      weights[i] =
          switch (tensor.dtype()) {
            case F32 -> bytes.getFloat(i * bytesEach);
            case BF16 -> Float.intBitsToFloat(bytes.getShort(i * bytesEach) << 16);
            default -> Float.float16ToFloat(bytes.getShort(i * bytesEach));
          };
    }
    return weights;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
