package dev.dbrx4j.checkpoint;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `config.json` of a DBRX checkpoint: which keys it may have, what an absent one means (the
/// defaults of the reference's config class, not DBRX's own values), and which combinations make no
/// model.
public final class ConfigJson {
  private static final int MAX_LAYERS = 1 << 10;
  private static final int MAX_EXPERTS = 1 << 12;
  private static final int MAX_WIDTH = 1 << 18;
  private static final int MAX_TOKENS = 1 << 24;

  /// Keys that the reference tolerates inside attn_config and ffn_config, and ignores.
  private static final Set<String> IGNORED =
      Set.of(
          "model_type",
          "attn_implementation",
          "transformers_version",
          "_commit_hash",
          "torch_dtype");

  private static final Set<String> ATTN_KEYS =
      Set.of("attn_pdrop", "clip_qkv", "kv_n_heads", "rope_theta");
  private static final Set<String> FFN_KEYS =
      Set.of(
          "ffn_act_fn",
          "ffn_hidden_size",
          "moe_num_experts",
          "moe_top_k",
          "moe_jitter_eps",
          "moe_loss_weight",
          "moe_normalize_expert_weights",
          "uniform_expert_assignment");

  private final JsonObject root;
  private final JsonObject attn;
  private final JsonObject ffn;

  private ConfigJson(JsonObject root) {
    this.root = root;
    this.attn = root.object("attn_config");
    this.ffn = root.object("ffn_config");
  }

  /// Reads a configuration and checks it.
  ///
  /// @param root the file's top-level object
  /// @return the configuration, defaults applied
  /// @throws dev.dbrx4j.InvalidModelException if a key is unknown, its value of the wrong type or
  ///   out of range, or if two values contradict each other
  public static DbrxConfig parse(JsonObject root) {
    ConfigJson json = new ConfigJson(root);
    json.refuseWhatIsNotDbrx();
    DbrxConfig config = json.config();
    json.refuseContradictions(config);
    return config;
  }

  /// {@return a configuration as the keys and values of a `config.json`}
  ///
  /// @param config the configuration
  public static Map<String, @Nullable Object> toJson(DbrxConfig config) {
    Map<String, @Nullable Object> attn = new LinkedHashMap<>();
    attn.put("kv_n_heads", config.nKvHeads());
    attn.put("clip_qkv", config.clipQkv());
    attn.put("rope_theta", config.ropeTheta());
    Map<String, @Nullable Object> ffn = new LinkedHashMap<>();
    ffn.put("ffn_hidden_size", config.ffnHiddenSize());
    ffn.put("ffn_act_fn", Map.of("name", config.activation().name().toLowerCase(Locale.ROOT)));
    ffn.put("moe_num_experts", config.nExperts());
    ffn.put("moe_top_k", config.topK());
    Float norm = config.expertWeightNorm();
    ffn.put("moe_normalize_expert_weights", norm == null ? 0 : norm);
    Map<String, @Nullable Object> root = new LinkedHashMap<>();
    root.put("model_type", "dbrx");
    root.put("d_model", config.dModel());
    root.put("n_heads", config.nHeads());
    root.put("n_layers", config.nLayers());
    root.put("max_seq_len", config.maxSeqLen());
    root.put("vocab_size", config.vocabSize());
    root.put("attn_config", attn);
    root.put("ffn_config", ffn);
    return root;
  }

  private DbrxConfig config() {
    return new DbrxConfig(
        aliased("d_model", "hidden_size", 2048, MAX_WIDTH),
        aliased("n_heads", "num_attention_heads", 16, MAX_WIDTH),
        count(attn, "kv_n_heads", 1, MAX_WIDTH),
        aliased("n_layers", "num_hidden_layers", 24, MAX_LAYERS),
        aliased("max_seq_len", "max_position_embeddings", 2048, MAX_TOKENS),
        count(root, "vocab_size", 32000, MAX_TOKENS),
        attn.has("clip_qkv") ? (Float) (float) positive(attn, "clip_qkv") : null,
        attn.has("rope_theta") ? positive(attn, "rope_theta") : 10_000,
        count(ffn, "ffn_hidden_size", 3584, MAX_WIDTH),
        count(ffn, "moe_num_experts", 4, MAX_EXPERTS),
        count(ffn, "moe_top_k", 1, MAX_EXPERTS),
        expertWeightNorm(),
        activation());
  }

  private void refuseWhatIsNotDbrx() {
    if (root.has("model_type") && !root.string("model_type").equals("dbrx")) {
      throw root.error("model_type", "is " + root.text("model_type") + ", only \"dbrx\" runs here");
    }
    if (root.flag("tie_word_embeddings")) {
      throw root.error("tie_word_embeddings", "is true, but DBRX has a separate lm_head");
    }
    for (String key : Set.of("rope_scaling", "rope_parameters")) {
      if (root.has(key)) {
        throw root.error(key, "is not part of DBRX: state attn_config.rope_theta instead");
      }
    }
    refuseUnknown(attn, ATTN_KEYS);
    refuseUnknown(ffn, FFN_KEYS);
    if (ffn.flag("uniform_expert_assignment")) {
      throw ffn.error(
          "uniform_expert_assignment", "is true, a benchmark switch that ignores the router");
    }
  }

  private static void refuseUnknown(JsonObject json, Set<String> known) {
    for (String key : json.keys()) {
      if (!known.contains(key) && !IGNORED.contains(key)) {
        throw json.error(key, "is not a key of DBRX: remove it if it changes nothing");
      }
    }
  }

  private void refuseContradictions(DbrxConfig config) {
    multiple("d_model", config.dModel(), "n_heads", config.nHeads());
    multiple("n_heads", config.nHeads(), "kv_n_heads", config.nKvHeads());
    if (config.headDim() % 2 != 0) {
      throw root.error(
          "n_heads",
          "leaves heads of " + config.headDim() + ", rotary positions need an even size");
    }
    if (config.topK() > config.nExperts()) {
      throw ffn.error(
          "moe_top_k", "is " + config.topK() + " with moe_num_experts " + config.nExperts());
    }
  }

  private void multiple(String name, int value, String unitName, int unit) {
    if (value % unit != 0) {
      throw root.error(name, value + " is not a multiple of " + unitName + " " + unit);
    }
  }

  private int aliased(String key, String alias, int absent, int max) {
    if (!root.has(key)) {
      return count(root, alias, absent, max);
    }
    int value = count(root, key, absent, max);
    if (root.has(alias) && count(root, alias, absent, max) != value) {
      throw root.error(key, "is " + value + " but its alias " + alias + " is " + root.text(alias));
    }
    return value;
  }

  private static int count(JsonObject json, String key, int absent, int max) {
    return json.has(key) ? (int) json.integer(key, 1, max) : absent;
  }

  private static double positive(JsonObject json, String key) {
    if (!((float) json.real(key) > 0)) {
      throw json.error(key, "is " + json.text(key) + ", expected a positive number");
    }
    return json.real(key);
  }

  /// Present as null or 0 turns the division off; absent means 1, the class default.
  private @Nullable Float expertWeightNorm() {
    String key = "moe_normalize_expert_weights";
    if (!ffn.has(key)) {
      return ffn.keys().contains(key) ? null : Float.valueOf(1);
    }
    float p = (float) ffn.real(key);
    return p == 0 ? null : Float.valueOf(p);
  }

  private Activation activation() {
    JsonObject function = ffn.object("ffn_act_fn");
    for (String key : function.keys()) {
      if (!key.equals("name")) {
        throw function.error(key, "is not supported: silu and gelu run, without arguments");
      }
    }
    if (!function.has("name")) {
      return Activation.SILU;
    }
    return switch (function.string("name")) {
      case "silu" -> Activation.SILU;
      case "gelu" -> Activation.GELU;
      default ->
          throw function.error("name", "is " + function.text("name") + ", silu and gelu run here");
    };
  }
}
