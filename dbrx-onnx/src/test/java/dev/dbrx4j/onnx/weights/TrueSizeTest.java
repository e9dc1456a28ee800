package dev.dbrx4j.onnx.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.checkpoint.ConfigJson;
import dev.dbrx4j.onnx.graph.DbrxGraph;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.safetensors.DbrxTensors;
import dev.dbrx4j.onnx.safetensors.Tensor;
import dev.dbrx4j.onnx.weights.WeightLayout.PlannedSection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// One block with experts of DBRX's size in float32: a stack of experts is 4,227,858,432 bytes. The
/// file is a hole but for a few marks.
class TrueSizeTest {
  private static final DbrxConfig CONFIG =
      new DbrxConfig(
          6144, 48, 8, 1, 64, 8, 8f, 500_000, 10752, 16, 4, 1f, DbrxConfig.Activation.SILU);
  private static final String MLP = "transformer.blocks.0.ffn.experts.mlp.";

  @TempDir private Path folder;

  @Test
  void lastExpertIsFoundBeyondTwoGigabytes() throws IOException {
    writeSparse();
    WeightLayout layout = new WeightLayout();
    DbrxGraph.write(CONFIG, Precision.FP32, layout);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      mark(checkpoint.tensor(MLP + "w1"), 15);
      mark(checkpoint.tensor(MLP + "v1"), 1);

      PlannedSection last = section(layout, MLP + "w1v1.15");
      Ends ends = new Ends();
      last.content().writeTo(checkpoint, List.of(ends));

      long half = last.section().tensorBytes() / 2;
      assertThat(ends.marks).isEqualTo(Map.of(half - Float.BYTES, 15f)); // w1's last number
      assertThat(ends.position).isEqualTo(2 * half);
      assertThat(last.section().offset()).isGreaterThan(1L << 32);
    }
  }

  @Test
  void lastExpertIsQuantisedBeyondTwoGigabytes() throws IOException {
    writeSparse();
    WeightLayout layout = new WeightLayout();
    DbrxGraph.write(CONFIG, Precision.INT8.withBlock(128), layout);
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      mark(checkpoint.tensor(MLP + "w1"), 15);
      mark(checkpoint.tensor(MLP + "w2"), 15);

      PlannedSection gate = section(layout, MLP + "w1v1.15");
      PlannedSection down = section(layout, MLP + "w2.15");

      assertThat(section(layout, MLP + "w2.15.scales").section().offset()).isGreaterThan(3L << 30);
      long rows = 2L * CONFIG.ffnHiddenSize(); // w1's last row is the last but one
      assertThat(marked(gate, checkpoint)).isEqualTo((rows - 1) * CONFIG.dModel() - 1);
      assertThat(marked(down, checkpoint)).isEqualTo(down.section().tensorBytes() - 1);
    }
  }

  /// {@return where in its integers the only one stands that is not zero}
  private static long marked(PlannedSection planned, Checkpoint checkpoint) {
    long[] position = {0};
    List<Long> found = new ArrayList<>();
    ByteSink integers =
        bytes -> {
          while (bytes.hasRemaining()) {
            if (bytes.get() != (byte) 0x80) {
              found.add(position[0]);
            }
            position[0]++;
          }
        };
    planned.content().writeTo(checkpoint, List.of(integers, scales -> {}, scales -> {}));
    assertThat(position[0]).isEqualTo(planned.section().tensorBytes());
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  /// Notes the numbers that are not zero, and where.
  private static final class Ends implements ByteSink {
    private final Map<Long, Float> marks = new LinkedHashMap<>();
    private long position;

    @Override
    public void write(ByteBuffer bytes) {
      ByteBuffer numbers = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
      while (numbers.hasRemaining()) {
        float number = numbers.getFloat();
        if (number != 0) {
          marks.put(position, number);
        }
        position += Float.BYTES;
      }
    }
  }

  private static PlannedSection section(WeightLayout layout, String name) {
    return layout.sections().stream()
        .filter(planned -> planned.section().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// Writes a number at the end of the stack's last expert, or of its first.
  private static void mark(Tensor tensor, int value) throws IOException {
    long expert = tensor.bytes() / CONFIG.nExperts();
    long end = tensor.offset() + (value == 15 ? 16 : 1) * expert;
    write(tensor.file(), end - Float.BYTES, littleEndian(Float.BYTES).putFloat(value).flip());
  }

  private void writeSparse() throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long end = 0;
    for (Map.Entry<String, List<Long>> tensor : DbrxTensors.shapes(CONFIG).entrySet()) {
      long begin = end;
      end += tensor.getValue().stream().reduce((long) Float.BYTES, Math::multiplyExact);
      Object range = List.of(begin, end);
      header.put(
          tensor.getKey(),
          Map.of("dtype", "F32", "shape", tensor.getValue(), "data_offsets", range));
    }
    byte[] json = JsonMapper.shared().writeValueAsBytes(header);
    Path file = folder.resolve("model.safetensors");
    write(file, 0, littleEndian(Long.BYTES).putLong(json.length).flip());
    write(file, Long.BYTES, ByteBuffer.wrap(json));
    write(file, Long.BYTES + json.length + end - 1, ByteBuffer.allocate(1));
    String config = JsonMapper.shared().writeValueAsString(ConfigJson.toJson(CONFIG));
    Files.writeString(folder.resolve("config.json"), config, UTF_8);
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void write(Path file, long position, ByteBuffer bytes) throws IOException {
    Set<StandardOpenOption> options =
        Files.exists(file)
            ? Set.of(StandardOpenOption.WRITE)
            : Set.of(
                StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE);
    try (FileChannel channel = FileChannel.open(file, options)) {
      channel.write(bytes, position);
    }
  }
}
