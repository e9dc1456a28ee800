package dev.dbrx4j.onnx.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT32;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.InvalidModelException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.Matrix;
import dev.dbrx4j.onnx.weights.RotaryTable;
import dev.dbrx4j.onnx.weights.WeightLayout;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/// DBRX as an ONNX graph for NVIDIA GPUs, or a stretch of its layers. Every operator has a CUDA
/// kernel, the experts are one operator, and there is no control flow, so that a decode step can be
/// recorded as a CUDA graph. Shapes are given beside the lines, as in [DbrxGraph].
///
/// All operators but those for bfloat16 also have kernels for the processor, on which the same
/// graph is tested in float32 and float16.
public final class CudaGraph {
  private static final float NORM_EPSILON = 1e-5f;

  /// The kernels read the experts' integers in tiles of so many inputs.
  private static final int TILE = 64;

  private final DbrxConfig config;
  private final Precision precision;
  private final LayerRange layers;
  private final GraphBuilder graph;
  private final TypedGraph typed;
  private final DataType type;

  private CudaGraph(
      DbrxConfig config,
      Precision precision,
      LayerRange layers,
      DType activations,
      WeightLayout layout) {
    this.config = config;
    this.precision = precision;
    this.layers = layers;
    this.graph = new GraphBuilder(layout);
    this.typed = new TypedGraph(graph, activations, precision.block());
    this.type = GraphBuilder.onnxType(activations);
  }

  /// {@return how many of each row's likeliest tokens a graph tells apart from the row}
  ///
  /// @param config the model
  public static int likeliestCount(DbrxConfig config) {
    return Math.min(Likeliest.COUNT, config.vocabSize());
  }

  /// {@return numbers in what a graph says of them: a sum, their logits, their ids}
  ///
  /// @param count how many there are; 0 if it says nothing
  public static int likeliestWidth(int count) {
    return count == 0 ? 0 : 1 + 2 * count;
  }

  /// Says why a model cannot run on GPUs.
  ///
  /// @param config the model
  /// @param precision how its matrices are stored
  /// @return the reason; empty if it can
  public static Optional<String> obstacle(DbrxConfig config, Precision precision) {
    if (precision.matrices() == WeightType.FP32) {
      return Optional.of(
          "its experts are stored in float32, the mixture-of-experts operator QMoE takes int4 or int8: export with precision int4 or int8");
    }
    if (config.activation() != Activation.SILU) {
      return Optional.of(
          "ffn_act_fn is %s, the operator QMoE gates with silu alone"
              .formatted(config.activation().name().toLowerCase(java.util.Locale.ROOT)));
    }
    if (config.dModel() % TILE != 0 || config.ffnHiddenSize() % TILE != 0) {
      return Optional.of(
          "d_model %d and ffn_hidden_size %d are not both multiples of %d, as the operator QMoE needs"
              .formatted(config.dModel(), config.ffnHiddenSize(), TILE));
    }
    if (config.dModel() % precision.block() != 0
        || config.ffnHiddenSize() % precision.block() != 0) {
      return Optional.of(
          "d_model %d and ffn_hidden_size %d are not both made of whole blocks of %d: export with a smaller block"
              .formatted(config.dModel(), config.ffnHiddenSize(), precision.block()));
    }
    return Optional.empty();
  }

  /// Writes the graph of a stretch of layers.
  ///
  /// @param config the model
  /// @param precision how its matrices are stored
  /// @param layers which layers
  /// @param activations type of the numbers between operators: float32, float16 or bfloat16
  /// @param layout where its weights have or get their place
  /// @return the graph, with all weights outside
  /// @throws InvalidModelException if the model cannot run on GPUs, or the layout lacks a weight
  public static ModelProto write(
      DbrxConfig config,
      Precision precision,
      LayerRange layers,
      DType activations,
      WeightLayout layout) {
    obstacle(config, precision)
        .ifPresent(reason -> {
          throw new InvalidModelException("the model cannot run on a GPU: " + reason);
        });
    return new CudaGraph(config, precision, layers, activations, layout).write();
  }

  private ModelProto write() {
    String x = begin(); // [batch, seq, d]
    graph.input("seqlens_k", INT32, "batch");
    graph.input("total_sequence_length", INT32);
    boolean last = layers.givesLogits(config);
    for (int block = layers.first(); block < layers.end(); block++) {
      String path = "transformer.blocks." + block;
      boolean handedOn = !last && block == layers.end() - 1;
      x = block(path, block, x, handedOn ? "hidden_out" : path + "/output");
    }
    if (last) {
      logits(x); // [rows, vocab]
    } else {
      graph.output(x, type, "batch", "seq", config.dModel());
    }
    return graph.model();
  }

  private String begin() {
    if (!layers.takesTokens()) {
      return graph.input("hidden_in", type, "batch", "seq", config.dModel());
    }
    String ids = graph.input("input_ids", INT64, "batch", "seq");
    Matrix table = Matrix.whole("transformer.wte.weight", config.vocabSize(), config.dModel());
    return typed.rows(precision.embedding(), table, ids, "transformer.wte/output");
  }

  private String block(String path, int number, String input, String output) {
    String attn = path + ".norm_attn_norm";
    String h = norm(attn + ".norm_1", input); // [batch, seq, d]
    h = attention(attn + ".attn", number, h); // [batch, seq, d]
    String x = graph.op("Add").in(input, h).to(attn + "/output");
    h = norm(attn + ".norm_2", x);
    h = experts(path + ".ffn", h); // [batch, seq, d]
    return graph.op("Add").in(x, h).to(output);
  }

  private String attention(String path, int block, String x) {
    Matrix wqkv = Matrix.whole(path + ".Wqkv.weight", config.qkvWidth(), config.dModel());
    String qkv = typed.multiply(precision.attention(), wqkv, x, path + ".Wqkv/output");
    Float bound = config.clipQkv();
    if (bound != null) { // Clip has no CUDA kernel for bfloat16
      String low = typed.cast(graph.number("clip_qkv.min", -bound));
      String high = typed.cast(graph.number("clip_qkv.max", bound));
      qkv = graph.op("Max").in(qkv, low).to(path + ".Wqkv/clipped_below");
      qkv = graph.op("Min").in(qkv, high).to(path + ".Wqkv/clipped"); // [batch, seq, q+k+v]
    }
    String context = rotateAndAttend(path, block, qkv); // [batch, seq, d]
    Matrix outProj = Matrix.whole(path + ".out_proj.weight", config.dModel(), config.dModel());
    return typed.multiply(precision.attention(), outProj, context, path + ".out_proj/output");
  }

  private String rotateAndAttend(String path, int block, String qkv) {
    Object[] shape = {"batch", config.nKvHeads(), "max_len", config.headDim()};
    String presentKey = "present_key." + block;
    String presentValue = "present_value." + block;
    graph.output(presentKey, type, shape);
    graph.output(presentValue, type, shape);
    return graph
        .microsoft("GroupQueryAttention")
        .in(qkv, "", "")
        .in(graph.input("past_key." + block, type, shape))
        .in(graph.input("past_value." + block, type, shape))
        .in("seqlens_k", "total_sequence_length")
        .in(rotary("rotary.cos", Math::cos), rotary("rotary.sin", Math::sin))
        .with("num_heads", config.nHeads())
        .with("kv_num_heads", config.nKvHeads())
        .with("do_rotary", 1)
        .to(path + "/context", presentKey, presentValue);
  }

  private String rotary(String name, DoubleUnaryOperator function) {
    RotaryTable table =
        new RotaryTable(config.ropeTheta(), config.headDim(), config.maxSeqLen(), function);
    List<Long> shape = List.of((long) config.maxSeqLen(), config.headDim() / 2L);
    return typed.cast(graph.weight(name, DType.F32, shape, table));
  }

  /// The operator does the routing too: it takes the softmax over the chosen experts' logits, which
  /// is the softmax over all, divided by the chosen ones' sum.
  private String experts(String path, String x) {
    Matrix router = Matrix.whole(path + ".router.layer.weight", config.nExperts(), config.dModel());
    String logits = typed.multiply(WeightType.FP32, router, x, path + ".router.layer/logits");
    String byToken = graph.integers("tokens_by_experts", -1, config.nExperts());
    String rows = graph.op("Reshape").in(logits, byToken).to(path + ".router/rows"); // [T, E]
    WeightType stored = precision.matrices();
    List<Matrix> gates = ExpertMatrices.gateAndUp(config, path + ".experts");
    List<Matrix> downs = ExpertMatrices.down(config, path + ".experts");
    String mlp = path + ".experts.mlp.";
    boolean sumsToOne = config.expertWeightNorm() != null && config.expertWeightNorm() == 1;
    String y =
        graph
            .microsoft("QMoE")
            .in(x, rows)
            .in(typed.stackedIntegers(stored, gates, mlp + "w1v1")) // [E, 2*ffn, d/pack]
            .in(typed.stackedScales(stored, gates, mlp + "w1v1.scales"), "")
            .in(typed.stackedIntegers(stored, downs, mlp + "w2")) // [E, d, ffn/pack]
            .in(typed.stackedScales(stored, downs, mlp + "w2.scales"))
            .with("k", config.topK())
            .with("normalize_routing_weights", 1)
            .with("activation_type", "swiglu")
            .with("activation_alpha", 1f)
            .with("activation_beta", 0f)
            .with("swiglu_fusion", 1)
            .with("expert_weight_bits", stored.bits())
            .with("block_size", precision.block())
            .with("weights_prepacked", 0)
            .to(path + (sumsToOne ? "/output" : "/sums_to_one"));
    return sumsToOne ? y : rescaled(path, logits, y);
  }

  /// Weights enter linearly, so what they should sum to can be made up for afterwards: with the
  /// chosen experts' probabilities `p`, their sum over their norm.
  private String rescaled(String path, String logits, String y) {
    String wide = typed.widen(logits, path + ".router/logits_float32");
    String all = graph.op("Softmax").in(wide).to(path + ".router/probabilities");
    String p = path + ".router/best";
    graph
        .op("TopK")
        .in(all, graph.integers("experts_per_token", config.topK()))
        .to(p, path + ".router/experts"); // [batch, seq, k] both
    String factor = sum(p, path + ".router/sum"); // [batch, seq, 1]
    Float norm = config.expertWeightNorm();
    if (norm != null) {
      String power = graph.number("expert_weight_norm", norm);
      String root = graph.number("expert_weight_norm.inverse", 1 / norm);
      String powers = graph.op("Pow").in(p, power).to(path + ".router/powers");
      String length = sum(powers, path + ".router/power_sum");
      length = graph.op("Pow").in(length, root).to(path + ".router/norm");
      factor = graph.op("Div").in(factor, length).to(path + ".router/factor");
    }
    return graph.op("Mul").in(y, typed.cast(factor)).to(path + "/output");
  }

  private String sum(String x, String y) {
    String axes = graph.integers("axis_-1", -1);
    return graph.op("ReduceSum").in(x, axes).with("keepdims", 1).to(y);
  }

  private void logits(String hidden) {
    String rows = graph.input("logits_rows", INT64, "rows");
    String shape = graph.integers("tokens_by_width", -1, config.dModel());
    String flat = graph.op("Reshape").in(hidden, shape).to("transformer/tokens"); // [T, d]
    String chosen = graph.op("Gather").in(flat, rows).to("transformer/rows"); // [rows, d]
    String h = norm("transformer.norm_f", chosen);
    Matrix lmHead = Matrix.whole("lm_head.weight", config.vocabSize(), config.dModel());
    String scores = typed.multiply(precision.lmHead(), lmHead, h, "lm_head/output");
    graph.output(typed.widen(scores, "logits"), FLOAT, "rows", config.vocabSize());
    int count = likeliestCount(config);
    String likeliest = new Likeliest(graph, config.vocabSize(), count).write("logits", "likeliest");
    graph.output(likeliest, FLOAT, "rows", likeliestWidth(count));
  }

  private String norm(String path, String x) {
    return graph
        .op("LayerNormalization")
        .in(x, typed.vector(path + ".weight", config.dModel()))
        .with("axis", -1)
        .with("epsilon", NORM_EPSILON)
        .to(path + "/output");
  }
}
