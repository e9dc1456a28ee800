package dev.dbrx4j.bench;

import dev.dbrx4j.DbrxConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/// A DBRX checkpoint with random weights, as Hugging Face lays one out: `config.json`,
/// `generation_config.json`, `tokenizer_config.json` and one or several safetensors files in
/// bfloat16. The same numbers give the same bytes. Weights are written as they are drawn, so memory
/// does not bound the size.
///
/// @param config the model's numbers
/// @param weights how they are drawn
/// @param seed where the random numbers start
/// @param maxShardBytes files are cut between tensors before they grow over this
public record RandomCheckpoint(
    DbrxConfig config, RandomWeights weights, long seed, long maxShardBytes) {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final ObjectWriter JSON =
      JsonMapper.shared()
          .writer()
          .with(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

  /// One tensor to come: a matrix of random weights, or a norm's vector of ones.
  private record Tensor(String name, List<Integer> shape, double deviation) {
    static Tensor matrix(String name, int rows, int columns, double deviation) {
      return new Tensor(name, List.of(rows, columns), deviation);
    }

    static Tensor ones(String name, int length) {
      return new Tensor(name, List.of(length), 0);
    }

    long bytes() {
      return shape.stream().mapToLong(Integer::longValue).reduce(Short.BYTES, Math::multiplyExact);
    }
  }

  /// Writes the checkpoint.
  ///
  /// @param folder created if absent
  /// @throws IOException if a file cannot be written
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    writeJson(folder.resolve("config.json"), configJson());
    writeJson(
        folder.resolve("generation_config.json"), Map.of("eos_token_id", List.of(100257, 100279)));
    writeJson(folder.resolve("tokenizer_config.json"), tokenizerJson());
    List<List<Tensor>> shards = shards();
    Map<String, String> weightMap = new LinkedHashMap<>();
    for (int i = 0; i < shards.size(); i++) {
      String file = shards.size() == 1 ? "model.safetensors" : shardName(i, shards.size());
      writeShard(folder.resolve(file), shards.get(i));
      shards.get(i).forEach(tensor -> weightMap.put(tensor.name, file));
    }
    if (shards.size() > 1) {
      writeJson(folder.resolve("model.safetensors.index.json"), indexJson(weightMap));
    }
  }

  private static String shardName(int index, int count) {
    return String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", index + 1, count);
  }

  private List<Tensor> tensors() {
    int d = config.dModel();
    int expertRows = config.nExperts() * config.ffnHiddenSize();
    double narrow = 1 / Math.sqrt(d);
    double wide = 1 / Math.sqrt(config.ffnHiddenSize());
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(Tensor.matrix("transformer.wte.weight", config.vocabSize(), d, 1));
    for (int layer = 0; layer < config.nLayers(); layer++) {
      String block = "transformer.blocks." + layer + ".";
      String attention = block + "norm_attn_norm.";
      tensors.add(Tensor.ones(attention + "norm_1.weight", d));
      tensors.add(Tensor.matrix(attention + "attn.Wqkv.weight", config.qkvWidth(), d, narrow));
      tensors.add(Tensor.matrix(attention + "attn.out_proj.weight", d, d, narrow));
      tensors.add(Tensor.ones(attention + "norm_2.weight", d));
      tensors.add(Tensor.matrix(block + "ffn.router.layer.weight", config.nExperts(), d, narrow));
      tensors.add(Tensor.matrix(block + "ffn.experts.mlp.w1", expertRows, d, narrow));
      tensors.add(Tensor.matrix(block + "ffn.experts.mlp.v1", expertRows, d, narrow));
      tensors.add(Tensor.matrix(block + "ffn.experts.mlp.w2", expertRows, d, wide));
    }
    tensors.add(Tensor.ones("transformer.norm_f.weight", d));
    tensors.add(Tensor.matrix("lm_head.weight", config.vocabSize(), d, narrow));
    return tensors;
  }

  private List<List<Tensor>> shards() {
    List<List<Tensor>> shards = new ArrayList<>();
    long room = 0;
    for (Tensor tensor : tensors()) {
      if (shards.isEmpty() || tensor.bytes() > room) {
        shards.add(new ArrayList<>());
        room = maxShardBytes;
      }
      shards.getLast().add(tensor);
      room -= tensor.bytes();
    }
    return shards;
  }

  private void writeShard(Path file, List<Tensor> tensors) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeFully(channel, header(tensors));
      for (Tensor tensor : tensors) {
        writeTensor(channel, tensor);
      }
    }
  }

  /// The length of the JSON header, then the header, padded with spaces to a multiple of eight.
  private static ByteBuffer header(List<Tensor> tensors) {
    Map<String, Object> entries = new LinkedHashMap<>();
    entries.put("__metadata__", Map.of("format", "pt"));
    long offset = 0;
    for (Tensor tensor : tensors) {
      long end = offset + tensor.bytes();
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", "BF16");
      entry.put("shape", tensor.shape);
      entry.put("data_offsets", List.of(offset, end));
      entries.put(tensor.name, entry);
      offset = end;
    }
    byte[] json = JsonMapper.shared().writeValueAsBytes(entries);
    int padded = Math.ceilDiv(json.length, Long.BYTES) * Long.BYTES;
    byte[] padding = " ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(Long.BYTES + padded)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded)
        .put(json)
        .put(padding)
        .flip();
  }

  private void writeTensor(FileChannel channel, Tensor tensor) throws IOException {
    RandomGenerator random =
        RandomGeneratorFactory.of("L64X128MixRandom").create(seed ^ tensor.name.hashCode());
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long left = tensor.bytes(); left > 0; left -= buffer.limit()) {
      buffer.clear().limit((int) Math.min(left, BUFFER_BYTES));
      if (tensor.deviation == 0) {
        fillWithOnes(buffer);
      } else {
        weights.fill(buffer.asShortBuffer(), tensor.deviation, random);
      }
      writeFully(channel, buffer);
    }
  }

  private static void fillWithOnes(ByteBuffer buffer) {
    short one = RandomWeights.bfloat16(1);
    for (int i = 0; i < buffer.limit(); i += Short.BYTES) {
      buffer.putShort(i, one);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static void writeJson(Path file, Object value) throws IOException {
    Files.writeString(file, JSON.writeValueAsString(value) + "\n");
  }

  private Map<String, Object> indexJson(Map<String, String> weightMap) {
    long totalBytes = tensors().stream().mapToLong(Tensor::bytes).sum();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("metadata", Map.of("total_size", totalBytes));
    json.put("weight_map", weightMap);
    return json;
  }

  private Map<String, Object> configJson() {
    Map<String, Object> attention = new LinkedHashMap<>();
    attention.put("clip_qkv", config.clipQkv());
    attention.put("kv_n_heads", config.nKvHeads());
    attention.put("rope_theta", config.ropeTheta());
    Map<String, Object> experts = new LinkedHashMap<>();
    experts.put("ffn_act_fn", Map.of("name", config.activation().name().toLowerCase(Locale.ROOT)));
    experts.put("ffn_hidden_size", config.ffnHiddenSize());
    experts.put("moe_normalize_expert_weights", config.expertWeightNorm());
    experts.put("moe_num_experts", config.nExperts());
    experts.put("moe_top_k", config.topK());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architectures", List.of("DbrxForCausalLM"));
    json.put("model_type", "dbrx");
    json.put("d_model", config.dModel());
    json.put("n_heads", config.nHeads());
    json.put("n_layers", config.nLayers());
    json.put("max_seq_len", config.maxSeqLen());
    json.put("vocab_size", config.vocabSize());
    json.put("attn_config", attention);
    json.put("ffn_config", experts);
    json.put("tie_word_embeddings", false);
    json.put("torch_dtype", "bfloat16");
    return json;
  }

  private static Map<String, Object> tokenizerJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("tokenizer_class", "TiktokenTokenizerWrapper");
    json.put("model_name", "gpt-4");
    json.put("add_bos_token", false);
    json.put("add_eos_token", false);
    json.put("bos_token", "<|endoftext|>");
    json.put("eos_token", "<|endoftext|>");
    json.put("unk_token", "<|endoftext|>");
    json.put("pad_token", "<|pad|>");
    json.put("use_default_system_prompt", false);
    return json;
  }
}
