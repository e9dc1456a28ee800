package dev.dbrx4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RandomCheckpointTest {
  @TempDir Path folder;

  @Test
  void aSeedGivesTheSameFilesEachTime() throws IOException {
    Path first = write("first", 2026, Long.MAX_VALUE);
    Path second = write("second", 2026, Long.MAX_VALUE);
    for (Path file : files(first)) {
      assertThat(file).hasSameBinaryContentAs(second.resolve(file.getFileName()));
    }
  }

  @Test
  void anotherSeedGivesOtherWeights() throws IOException {
    Path one = write("one", 2026, Long.MAX_VALUE);
    Path other = write("other", 2027, Long.MAX_VALUE);
    assertThat(Files.mismatch(weights(one), weights(other))).isPositive();
  }

  @Test
  void shardsHoldTheTensorsOfTheSingleFileByteForByte() throws IOException {
    Path whole = weights(write("whole", 2026, Long.MAX_VALUE));
    Path sharded = write("sharded", 2026, 7_000_000);
    JsonNode index = JsonMapper.shared().readTree(sharded.resolve("model.safetensors.index.json"));
    assertThat(index.get("metadata").get("total_size").asLong()).isEqualTo(dataBytes(whole));
    assertThat(index.get("weight_map").properties())
        .hasSize(19)
        .allSatisfy(entry ->
            assertThat(tensor(sharded.resolve(entry.getValue().asString()), entry.getKey()))
                .isEqualTo(tensor(whole, entry.getKey())));
  }

  private Path write(String name, long seed, long maxShardBytes) throws IOException {
    Path target = folder.resolve(name);
    new RandomCheckpoint(Geometries.named("dbrx-tiny"), RandomWeights.TERNARY, seed, maxShardBytes)
        .write(target);
    return target;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static Path weights(Path folder) {
    return folder.resolve("model.safetensors");
  }

  private static ByteBuffer tensor(Path file, String name) throws IOException {
    ByteBuffer bytes = map(file);
    int headerBytes = (int) bytes.getLong(0);
    byte[] header = new byte[headerBytes];
    bytes.get(Long.BYTES, header);
    JsonNode offsets = JsonMapper.shared().readTree(header).get(name).get("data_offsets");
    int start = offsets.get(0).asInt();
    return bytes.slice(Long.BYTES + headerBytes + start, offsets.get(1).asInt() - start);
  }

  private static long dataBytes(Path file) throws IOException {
    ByteBuffer bytes = map(file);
    return bytes.capacity() - Long.BYTES - bytes.getLong(0);
  }

  private static ByteBuffer map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel
          .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
          .order(ByteOrder.LITTLE_ENDIAN);
    }
  }
}
