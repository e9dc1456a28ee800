package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the reference implementation computed for one checkpoint.
///
/// @param folder the set's folder
/// @param json its `golden.json`
record Golden(Path folder, JsonNode json) {
  private static final Path SETS = Path.of("src", "test", "resources", "golden");

  /// One prompt and its expected results. A row of the set's left-padded batch is a prompt too.
  ///
  /// @param name such as `p33` or `batch[1]`
  /// @param tokens the prompt
  /// @param lastLogits `[vocab]`
  /// @param greedy continuation by argmax, whatever its length
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Prompt(String name, int[] tokens, float[] lastLogits, int[] greedy) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Golden> all() {
    return Stream.of("micro-bf16", "nano-f32").map(Golden::named);
  }

  static Golden named(String name) {
    Path folder = SETS.resolve(name);
    return new Golden(folder, JsonMapper.shared().readTree(folder.resolve("golden.json").toFile()));
  }

  /// {@return the set's checkpoints: the same weights, in one file or several}
  List<Path> checkpoints() {
    return json.get("model_dirs").valueStream().map(d -> folder.resolve(d.asString())).toList();
  }

  DbrxConfig config() {
    return DbrxConfig.read(folder.resolve("config.json"));
  }

  float[] ropeFrequencies() {
    return floats(json.get("rope").get("inv_freq"));
  }

  JsonNode prompt(String name) {
    return json.get("prompts")
        .valueStream()
        .filter(prompt -> prompt.get("name").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  List<Prompt> prompts() {
    List<Prompt> prompts = new ArrayList<>();
    for (JsonNode prompt : json.get("prompts")) {
      prompts.add(
          new Prompt(
              prompt.get("name").asString(),
              ints(prompt.get("input_ids")),
              lastLogits(prompt),
              ints(prompt.get("greedy").get("ids"))));
    }
    JsonNode batch = json.path("batch");
    for (int row = 0; row < batch.path("lengths").size(); row++) {
      prompts.add(batchRow(batch, row));
    }
    return prompts;
  }

  /// A set with used ids stores their logits, in their order, and one value that all others have.
  private float[] lastLogits(JsonNode prompt) {
    float[] stored = floats(prompt.get("last_logits"));
    if (!json.has("used_ids")) {
      return stored;
    }
    int[] used = ints(bytes(json.get("used_ids")));
    float[] all = new float[json.get("vocab_size").asInt()];
    Arrays.fill(all, stored[used.length]);
    for (int i = 0; i < used.length; i++) {
      all[used[i]] = stored[i];
    }
    return all;
  }

  private Prompt batchRow(JsonNode batch, int row) {
    int[] padded = ints(batch.get("input_ids").get(row));
    int length = batch.get("lengths").get(row).asInt();
    int[] tokens = IntStream.of(padded).skip(padded.length - length).toArray();
    float[] all = floats(batch.get("last_logits"));
    int vocab = all.length / batch.get("lengths").size();
    float[] logits = Arrays.copyOfRange(all, row * vocab, (row + 1) * vocab);
    int[] greedy = ints(batch.get("greedy").get("ids").get(row));
    return new Prompt("batch[" + row + "]", tokens, logits, greedy);
  }

  int[] ints(JsonNode array) {
    return array.valueStream().mapToInt(JsonNode::asInt).toArray();
  }

  /// {@return the floats of a file that the JSON points to}
  float[] floats(JsonNode reference) {
    ByteBuffer bytes = bytes(reference);
    float[] values = new float[bytes.remaining() / Float.BYTES];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  private static int[] ints(ByteBuffer bytes) {
    int[] values = new int[bytes.remaining() / Integer.BYTES];
    bytes.asIntBuffer().get(values);
    return values;
  }

  private ByteBuffer bytes(JsonNode reference) {
    try {
      Path file = folder.resolve(reference.get("file").asString());
      return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
