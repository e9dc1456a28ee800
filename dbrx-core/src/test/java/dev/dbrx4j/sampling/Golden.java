package dev.dbrx4j.sampling;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the recorded outputs; their README says what is in them.
final class Golden {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JsonNode INPUTS = JSON.readTree(text("inputs.json"));
  private static final JsonNode TABLES = JSON.readTree(text("tables.json"));
  private static final Map<String, float[]> VECTORS = new HashMap<>();

  private Golden() {}

  static List<JsonNode> records(String file) {
    return text(file).lines().map(JSON::readTree).toList();
  }

  static float[] vector(String name) {
    return VECTORS.computeIfAbsent(name, Golden::readVector).clone();
  }

  private static float[] readVector(String name) {
    return name.equals("big100352")
        ? bigVector()
        : floats(INPUTS.at("/vectors/" + name + "/f32").asString());
  }

  /// The recipe that `inputs.json` gives instead of the numbers.
  private static float[] bigVector() {
    SplittableRandom bell = new SplittableRandom(31);
    SplittableRandom spikes = new SplittableRandom(32);
    float[] vector = new float[100_352];
    for (int i = 0; i < vector.length; i++) {
      double sum = 0;
      for (int draw = 0; draw < 4; draw++) {
        sum += (bell.nextLong() >>> 40) * 0x1p-24;
      }
      vector[i] = (float) (2.5 * 1.75 * (sum - 2.0));
      if (Long.remainderUnsigned(spikes.nextLong(), 2500) == 0) {
        vector[i] += 9;
      }
    }
    return vector;
  }

  static String recordedHash(String vector) {
    return INPUTS.at("/vectors/" + vector + "/sha256_f32le").asString();
  }

  static TokenHistory history(String name) {
    JsonNode node = INPUTS.at("/histories/" + name);
    int[] ids = ints(node.get("ids"));
    int promptSize = node.get("prompt_len").asInt();
    TokenHistory history = new TokenHistory(Arrays.copyOf(ids, promptSize));
    for (int i = promptSize; i < ids.length; i++) {
      history.add(ids[i]);
    }
    return history;
  }

  static JsonNode table(String name) {
    return TABLES.get(name);
  }

  static float[] floats(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }

  static boolean[] mask(String base64, int size) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    boolean[] mask = new boolean[size];
    for (int i = 0; i < size; i++) {
      mask[i] = (bytes[i / 8] >> (i % 8) & 1) != 0;
    }
    return mask;
  }

  /// A number, or several, as an array.
  static int[] ints(JsonNode node) {
    if (!node.isArray()) {
      return new int[] {node.asInt()};
    }
    int[] ints = new int[node.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = node.get(i).asInt();
    }
    return ints;
  }

  static List<List<Integer>> sequences(JsonNode node) {
    List<List<Integer>> sequences = new ArrayList<>();
    node.forEach(ids -> sequences.add(Arrays.stream(ints(ids)).boxed().toList()));
    return sequences;
  }

  static Map<List<Integer>, Double> biases(JsonNode node) {
    Map<List<Integer>, Double> biases = new HashMap<>();
    node.forEach(pair ->
        biases.put(
            Arrays.stream(ints(pair.get(0))).boxed().toList(),
            pair.get(1).isString() ? Double.NEGATIVE_INFINITY : pair.get(1).asDouble()));
    return biases;
  }

  private static String text(String file) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/sampling/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
