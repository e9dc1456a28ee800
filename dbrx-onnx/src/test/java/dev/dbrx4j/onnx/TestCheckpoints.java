package dev.dbrx4j.onnx;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.dbrx4j.DbrxConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Checkpoints for tests: random ones written, any read, both straight from what a checkpoint is
/// and without the exporter's code.
public final class TestCheckpoints {
  private static final JsonMapper JSON = JsonMapper.shared();

  private TestCheckpoints() {}

  /// {@return weights by tensor name, drawn so that activations stay near 1, clips at 1 bite, and
  /// logits spread by about 3}
  public static Map<String, float[]> randomWeights(DbrxConfig config, long seed) {
    Random random = new Random(seed);
    Map<String, float[]> weights = new LinkedHashMap<>();
    shapes(config)
        .forEach((name, shape) -> {
          boolean norm = shape.length == 1;
          double mean = norm ? 1 : 0;
          double deviation = norm ? 0.2 : deviation(name, config);
          float[] values = new float[(norm ? 1 : shape[1]) * shape[0]];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
          }
          weights.put(name, values);
        });
    return weights;
  }

  private static double deviation(String name, DbrxConfig config) {
    if (name.contains("wte")) {
      return 1;
    }
    int fanIn = name.endsWith("w2") ? config.ffnHiddenSize() : config.dModel();
    return (name.contains("lm_head") || name.contains("router") ? 3 : 1.5) / Math.sqrt(fanIn);
  }

  /// Writes a checkpoint: `config.json` with every key, and one safetensors file in float32.
  public static void write(Path folder, DbrxConfig config, Map<String, float[]> weights) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("config.json"), configJson(config));
      writeSafetensors(folder.resolve("model.safetensors"), shapes(config), weights);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, int[]> shapes(DbrxConfig c) {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put("transformer.wte.weight", new int[] {c.vocabSize(), c.dModel()});
    for (int block = 0; block < c.nLayers(); block++) {
      String path = "transformer.blocks." + block + ".";
      int experts = c.nExperts() * c.ffnHiddenSize();
      shapes.put(path + "norm_attn_norm.norm_1.weight", new int[] {c.dModel()});
      shapes.put(path + "norm_attn_norm.attn.Wqkv.weight", new int[] {c.qkvWidth(), c.dModel()});
      shapes.put(path + "norm_attn_norm.attn.out_proj.weight", new int[] {c.dModel(), c.dModel()});
      shapes.put(path + "norm_attn_norm.norm_2.weight", new int[] {c.dModel()});
      shapes.put(path + "ffn.router.layer.weight", new int[] {c.nExperts(), c.dModel()});
      shapes.put(path + "ffn.experts.mlp.w1", new int[] {experts, c.dModel()});
      shapes.put(path + "ffn.experts.mlp.v1", new int[] {experts, c.dModel()});
      shapes.put(path + "ffn.experts.mlp.w2", new int[] {experts, c.dModel()});
    }
    shapes.put("transformer.norm_f.weight", new int[] {c.dModel()});
    shapes.put("lm_head.weight", new int[] {c.vocabSize(), c.dModel()});
    return shapes;
  }

  private static String configJson(DbrxConfig c) {
    Map<String, Object> attention = new TreeMap<>();
    attention.put("clip_qkv", c.clipQkv());
    attention.put("kv_n_heads", c.nKvHeads());
    attention.put("rope_theta", c.ropeTheta());
    Map<String, Object> ffn = new TreeMap<>();
    ffn.put("ffn_act_fn", Map.of("name", c.activation().name().toLowerCase(Locale.ROOT)));
    ffn.put("ffn_hidden_size", c.ffnHiddenSize());
    ffn.put("moe_num_experts", c.nExperts());
    ffn.put("moe_top_k", c.topK());
    ffn.put("moe_normalize_expert_weights", c.expertWeightNorm());
    return JSON.writeValueAsString(
        Map.of(
            "model_type", "dbrx",
            "d_model", c.dModel(),
            "n_heads", c.nHeads(),
            "n_layers", c.nLayers(),
            "max_seq_len", c.maxSeqLen(),
            "vocab_size", c.vocabSize(),
            "attn_config", attention,
            "ffn_config", ffn));
  }

  private static void writeSafetensors(
      Path file, Map<String, int[]> shapes, Map<String, float[]> weights) throws IOException {
    Map<String, Object> header = new LinkedHashMap<>();
    long offset = 0;
    for (Map.Entry<String, float[]> tensor : weights.entrySet()) {
      long end = offset + 4L * tensor.getValue().length;
      header.put(
          tensor.getKey(),
          Map.of(
              "dtype",
              "F32",
              "shape",
              shapes.get(tensor.getKey()),
              "data_offsets",
              new long[] {offset, end}));
      offset = end;
    }
    byte[] json = JSON.writeValueAsBytes(header);
    try (var out = Files.newByteChannel(file, Set.of(CREATE, TRUNCATE_EXISTING, WRITE))) {
      out.write(littleEndian(8).putLong(json.length).flip());
      out.write(ByteBuffer.wrap(json));
      for (float[] values : weights.values()) {
        ByteBuffer bytes = littleEndian(4 * values.length);
        bytes.asFloatBuffer().put(values);
        out.write(bytes);
      }
    }
  }

  /// {@return every tensor of a checkpoint folder, widened to float32}
  public static Map<String, float[]> read(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Map<String, float[]> weights = new LinkedHashMap<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        readSafetensors(file, weights);
      }
      return weights;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readSafetensors(Path file, Map<String, float[]> weights) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = (int) bytes.getLong(0);
    JsonNode header =
        JSON.readTree(new String(bytes.array(), 8, headerLength, StandardCharsets.UTF_8));
    for (Map.Entry<String, JsonNode> tensor : header.properties()) {
      if (!tensor.getKey().equals("__metadata__")) {
        JsonNode offsets = tensor.getValue().get("data_offsets");
        int start = offsets.get(0).asInt();
        ByteBuffer data = bytes.slice(8 + headerLength + start, offsets.get(1).asInt() - start);
        weights.put(
            tensor.getKey(),
            widened(
                data.order(ByteOrder.LITTLE_ENDIAN), tensor.getValue().get("dtype").asString()));
      }
    }
  }

  private static float[] widened(ByteBuffer data, String dtype) {
    int width = dtype.equals("F32") ? 4 : 2;
    float[] values = new float[data.remaining() / width];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dtype) {
            case "F32" -> data.getFloat(4 * i);
            case "BF16" -> Float.intBitsToFloat(data.getShort(2 * i) << 16);
            case "F16" -> Float.float16ToFloat(data.getShort(2 * i));
            default -> throw new IllegalArgumentException(dtype);
          };
    }
    return values;
  }

  private static ByteBuffer littleEndian(int capacity) {
    return ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN);
  }
}
