package dev.dbrx4j.onnx.safetensors;

import dev.dbrx4j.DbrxConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The tensors of a DBRX checkpoint.
public final class DbrxTensors {
  private DbrxTensors() {}

  /// {@return name and shape of every tensor of a model, eight a block and three more}
  ///
  /// @param config the model
  public static Map<String, List<Long>> shapes(DbrxConfig config) {
    long d = config.dModel();
    long experts = config.nExperts();
    List<Long> stacked = List.of(experts * config.ffnHiddenSize(), d); // expert e: rows e*ffn on
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put("transformer.wte.weight", List.of((long) config.vocabSize(), d));
    for (int n = 0; n < config.nLayers(); n++) {
      String block = "transformer.blocks." + n;
      String attention = block + ".norm_attn_norm";
      shapes.put(attention + ".norm_1.weight", List.of(d));
      shapes.put(attention + ".attn.Wqkv.weight", List.of((long) config.qkvWidth(), d));
      shapes.put(attention + ".attn.out_proj.weight", List.of(d, d));
      shapes.put(attention + ".norm_2.weight", List.of(d));
      shapes.put(block + ".ffn.router.layer.weight", List.of(experts, d));
      shapes.put(block + ".ffn.experts.mlp.w1", stacked);
      shapes.put(block + ".ffn.experts.mlp.v1", stacked);
      shapes.put(block + ".ffn.experts.mlp.w2", stacked);
    }
    shapes.put("transformer.norm_f.weight", List.of(d));
    shapes.put("lm_head.weight", List.of((long) config.vocabSize(), d));
    return shapes;
  }
}
