package dev.dbrx4j;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.checkpoint.ConfigJson;
import dev.dbrx4j.checkpoint.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class DbrxConfigTest {
  /// The keys that databricks/dbrx-instruct states; the rest is left to the class defaults.
  private static final String DBRX =
      """
      {"architectures": ["DbrxForCausalLM"], "model_type": "dbrx", "use_cache": true,
       "attn_config": {"clip_qkv": 8, "kv_n_heads": 8, "model_type": "", "rope_theta": 500000},
       "ffn_config": {"ffn_hidden_size": 10752, "model_type": "", "moe_jitter_eps": 0,
         "moe_loss_weight": 0.05, "moe_num_experts": 16, "moe_top_k": 4},
       "d_model": 6144, "n_heads": 48, "n_layers": 40, "max_seq_len": 32768,
       "vocab_size": 100352, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
      """;

  private static DbrxConfig parse(String json) {
    return ConfigJson.parse(JsonObject.parse(json.getBytes(UTF_8), "config.json"));
  }

  @Test
  void readsDbrx() {
    DbrxConfig config = parse(DBRX);

    assertThat(config)
        .isEqualTo(
            new DbrxConfig(
                6144, 48, 8, 40, 32768, 100352, 8f, 500_000, 10752, 16, 4, 1f, Activation.SILU));
    assertThat(config.headDim()).isEqualTo(128);
    assertThat(config.qkvWidth()).isEqualTo(8192);
    assertThat(config.parameters()).isEqualTo(131_596_523_520L);
    assertThat(config.activeParameters()).isEqualTo(36_469_708_800L);
    assertThat(config.kvCacheNumbersPerToken() * Short.BYTES).isEqualTo(160 << 10);
  }

  @Test
  void absentKeysHaveTheClassDefaults() {
    assertThat(parse("{}"))
        .isEqualTo(
            new DbrxConfig(
                2048, 16, 1, 24, 2048, 32000, null, 10_000, 3584, 4, 1, 1f, Activation.SILU));
  }

  @Test
  void aliasesCount() {
    String json =
        """
        {"hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2,
         "max_position_embeddings": 99}
        """;
    DbrxConfig config = parse(json);

    assertThat(config.dModel()).isEqualTo(64);
    assertThat(config.nHeads()).isEqualTo(4);
    assertThat(config.nLayers()).isEqualTo(2);
    assertThat(config.maxSeqLen()).isEqualTo(99);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {"null, none", "0, none", "0.0, none", "1, 1", "2.0, 2", "1.5, 1.5"})
  void expertWeightNorm(String json, Float expected) {
    String config = "{'ffn_config': {'moe_normalize_expert_weights': " + json + "}}";

    assertThat(parse(config.replace('\'', '"')).expertWeightNorm()).isEqualTo(expected);
  }

  @Test
  void geluWithoutArguments() {
    assertThat(parse("{\"ffn_config\": {\"ffn_act_fn\": {\"name\": \"gelu\"}}}").activation())
        .isEqualTo(Activation.GELU);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        DBRX,
        "{}",
        "{\"ffn_config\": {\"moe_normalize_expert_weights\": 0}}",
        "{\"ffn_config\": {\"ffn_act_fn\": {\"name\": \"gelu\"}}}"
      })
  void survivesBeingWrittenAndRead(String json) {
    DbrxConfig config = parse(json);

    assertThat(parse(JsonMapper.shared().writeValueAsString(ConfigJson.toJson(config))))
        .isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1]                                            | not a JSON object",
        "{'d_model': 64                                 | not valid JSON",
        "{'d_model': 64} x                              | not valid JSON",
        "{'d_model': 64, 'd_model': 65}                 | Duplicate",
        "{'d_model': 'wide'}                            | d_model is \"wide\"",
        "{'d_model': 64.5}                              | d_model is 64.5",
        "{'d_model': 0}                                 | d_model is 0",
        "{'d_model': 99999999999999999999}              | d_model is 99999999999999999999",
        "{'d_model': 100, 'n_heads': 3}                 | d_model 100 is not a multiple of n_heads 3",
        "{'n_heads': 16, 'attn_config': {'kv_n_heads': 3}} | n_heads 16 is not a multiple of kv_n_heads 3",
        "{'d_model': 48, 'n_heads': 16}                 | n_heads leaves heads of 3",
        "{'d_model': 64, 'hidden_size': 128}            | its alias hidden_size is 128",
        "{'model_type': 'llama'}                        | model_type is \"llama\"",
        "{'tie_word_embeddings': true}                  | tie_word_embeddings is true",
        "{'tie_word_embeddings': 1}                     | expected true or false",
        "{'rope_scaling': {'type': 'linear'}}           | rope_scaling is not part of DBRX",
        "{'attn_config': 8}                             | attn_config is 8, expected an object",
        "{'attn_config': {'qk_norm': true}}             | attn_config: qk_norm is not a key of DBRX",
        "{'attn_config': {'clip_qkv': -8}}              | clip_qkv is -8",
        "{'attn_config': {'rope_theta': 0}}             | rope_theta is 0",
        "{'ffn_config': {'moe_topk': 2}}                | ffn_config: moe_topk is not a key of DBRX",
        "{'ffn_config': {'moe_top_k': 5}}               | moe_top_k is 5 with moe_num_experts 4",
        "{'ffn_config': {'uniform_expert_assignment': true}} | uniform_expert_assignment is true",
        "{'ffn_config': {'ffn_act_fn': {'name': 'relu'}}} | name is \"relu\"",
        "{'ffn_config': {'ffn_act_fn': {'name': 'gelu', 'approximate': 'tanh'}}} | approximate is not supported",
        "{'ffn_config': {'moe_normalize_expert_weights': 'yes'}} | moe_normalize_expert_weights is \"yes\"",
      })
  void saysWhatIsWrong(String json, String complaint) {
    assertThatThrownBy(() -> parse(json.replace('\'', '"')))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageStartingWith("config.json: ")
        .hasMessageContaining(complaint);
  }

  @Test
  void namesTheMissingFile(@TempDir Path folder) {
    assertThatThrownBy(() -> DbrxConfig.read(folder.resolve("config.json")))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining(folder.resolve("config.json") + " is missing");
  }

  @Test
  void refusesNestingThatWouldExhaustTheStack(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("config.json"), "{\"a\":".repeat(100_000));

    assertThatThrownBy(() -> DbrxConfig.read(file))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("nesting depth");
  }
}
