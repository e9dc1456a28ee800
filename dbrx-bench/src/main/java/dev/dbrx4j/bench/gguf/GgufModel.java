package dev.dbrx4j.bench.gguf;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.safetensors.Checkpoint;
import dev.dbrx4j.onnx.safetensors.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a DBRX checkpoint as a file for llama.cpp, to compare with it on the same weights. All
/// matrices are stored in one type; norms and routers are floats. The vocabulary has the right size
/// but is made up: a token for each byte, and names for the rest.
public final class GgufModel {
  private static final int NORMAL_TOKEN = 1;
  private static final int UNKNOWN_TOKEN = 2;
  private static final int CONTROL_TOKEN = 3;
  private static final int BYTE_TOKEN = 6;
  private static final int FIRST_BYTE = 3;

  private final Checkpoint checkpoint;
  private final DbrxConfig config;
  private final GgufType type;
  private final GgufWriter writer = new GgufWriter();

  private GgufModel(Checkpoint checkpoint, GgufType type) {
    this.checkpoint = checkpoint;
    this.config = checkpoint.config();
    this.type = type;
  }

  /// Writes the file.
  ///
  /// @param folder a checkpoint in bfloat16
  /// @param type how to store its matrices
  /// @param file where to
  /// @throws IOException if it cannot be written
  public static void write(Path folder, GgufType type, Path file) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      new GgufModel(checkpoint, type).write(file);
    }
  }

  private void write(Path file) throws IOException {
    int d = config.dModel();
    matrix("token_embd.weight", type, "transformer.wte.weight", config.vocabSize(), d);
    for (int layer = 0; layer < config.nLayers(); layer++) {
      block("blk." + layer + ".", "transformer.blocks." + layer + ".");
    }
    vector("output_norm.weight", "transformer.norm_f.weight");
    matrix("output.weight", type, "lm_head.weight", config.vocabSize(), d);
    Path partial = file.resolveSibling(file.getFileName() + ".partial");
    writer.write(partial, metadata());
    Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private void block(String to, String from) {
    int d = config.dModel();
    int ffn = config.ffnHiddenSize();
    int experts = config.nExperts();
    String attention = from + "norm_attn_norm.";
    vector(to + "attn_norm.weight", attention + "norm_1.weight");
    matrix(to + "attn_qkv.weight", type, attention + "attn.Wqkv.weight", config.qkvWidth(), d);
    matrix(to + "attn_output.weight", type, attention + "attn.out_proj.weight", d, d);
    vector(to + "attn_output_norm.weight", attention + "norm_2.weight");
    matrix(to + "ffn_gate_inp.weight", GgufType.F32, from + "ffn.router.layer.weight", experts, d);
    stack(to + "ffn_gate_exps.weight", from + "ffn.experts.mlp.w1", d, ffn);
    stack(to + "ffn_up_exps.weight", from + "ffn.experts.mlp.v1", d, ffn);
    transposedStack(to + "ffn_down_exps.weight", from + "ffn.experts.mlp.w2", d, ffn);
  }

  private void vector(String name, String source) {
    int d = config.dModel();
    GgufWriter.Rows rows = (row, values) -> read(source, 0, values);
    writer.add(new GgufWriter.Tensor(name, GgufType.F32, new long[] {d}, rows));
  }

  private void matrix(String name, GgufType type, String source, int outputs, int inputs) {
    GgufWriter.Rows rows = (row, values) -> read(source, row * inputs, values);
    writer.add(new GgufWriter.Tensor(name, type, new long[] {inputs, outputs}, rows));
  }

  private void stack(String name, String source, int d, int ffn) {
    GgufWriter.Rows rows = (row, values) -> read(source, row * d, values);
    writer.add(new GgufWriter.Tensor(name, type, new long[] {d, ffn, config.nExperts()}, rows));
  }

  /// The checkpoint has an input a row here: an expert is read whole and turned.
  private void transposedStack(String name, String source, int d, int ffn) {
    float[] expert = new float[d * ffn];
    GgufWriter.Rows rows =
        (row, values) -> {
          int column = (int) (row % d);
          if (column == 0) {
            read(source, row / d * expert.length, expert);
          }
          for (int i = 0; i < ffn; i++) {
            values[i] = expert[i * d + column];
          }
        };
    writer.add(new GgufWriter.Tensor(name, type, new long[] {ffn, d, config.nExperts()}, rows));
  }

  private void read(String name, long first, float[] values) {
    Tensor tensor = checkpoint.tensor(name);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(values.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    checkpoint.read(tensor, first * Short.BYTES, bytes);
    bytes.flip();
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(bytes.getShort(i * Short.BYTES) << 16);
    }
  }

  private Map<String, Object> metadata() {
    Float clip = config.clipQkv();
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("general.architecture", "dbrx");
    metadata.put("general.name", "random dbrx");
    metadata.put("general.file_type", type.fileType);
    metadata.put("general.quantization_version", 2);
    metadata.put("dbrx.block_count", config.nLayers());
    metadata.put("dbrx.context_length", config.maxSeqLen());
    metadata.put("dbrx.embedding_length", config.dModel());
    metadata.put("dbrx.feed_forward_length", config.ffnHiddenSize());
    metadata.put("dbrx.attention.head_count", config.nHeads());
    metadata.put("dbrx.attention.head_count_kv", config.nKvHeads());
    metadata.put("dbrx.attention.layer_norm_epsilon", 1e-5f);
    metadata.put("dbrx.attention.clamp_kqv", clip == null ? Float.MAX_VALUE : clip);
    metadata.put("dbrx.rope.freq_base", (float) config.ropeTheta());
    metadata.put("dbrx.expert_count", config.nExperts());
    metadata.put("dbrx.expert_used_count", config.topK());
    metadata.putAll(vocabulary(config.vocabSize()));
    return metadata;
  }

  private static Map<String, Object> vocabulary(int size) {
    List<String> tokens = new ArrayList<>(List.of("<unk>", "<s>", "</s>"));
    List<Integer> types = new ArrayList<>(List.of(UNKNOWN_TOKEN, CONTROL_TOKEN, CONTROL_TOKEN));
    for (int id = FIRST_BYTE; id < size; id++) {
      boolean isByte = id < FIRST_BYTE + 256;
      tokens.add(isByte ? "<0x%02X>".formatted(id - FIRST_BYTE) : "token" + id);
      types.add(isByte ? BYTE_TOKEN : NORMAL_TOKEN);
    }
    List<Float> scores = Collections.nCopies(size, 0f);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("tokenizer.ggml.model", "llama");
    metadata.put("tokenizer.ggml.tokens", tokens);
    metadata.put("tokenizer.ggml.scores", scores);
    metadata.put("tokenizer.ggml.token_type", types);
    metadata.put("tokenizer.ggml.bos_token_id", 1);
    metadata.put("tokenizer.ggml.eos_token_id", 2);
    metadata.put("tokenizer.ggml.unknown_token_id", 0);
    return metadata;
  }
}
