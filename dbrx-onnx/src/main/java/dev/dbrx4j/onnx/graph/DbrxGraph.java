package dev.dbrx4j.onnx.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT32;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.Matrix;
import dev.dbrx4j.onnx.weights.RotaryTable;
import dev.dbrx4j.onnx.weights.SectionContent;
import dev.dbrx4j.onnx.weights.TensorRows;
import dev.dbrx4j.onnx.weights.WeightLayout;
import dev.dbrx4j.onnx.weights.Widened;
import java.util.List;

/// DBRX as an ONNX graph for the CPU. Shapes are given beside the lines: `d` the model's width, `T`
/// all tokens of a pass, `rows` the positions whose logits are asked for.
public final class DbrxGraph {
  /// PyTorch's default, which the reference uses; no config key sets it.
  private static final float NORM_EPSILON = 1e-5f;

  private final DbrxConfig config;
  private final Precision precision;
  private final MatrixFormat attention;
  private final GraphBuilder graph;
  private final RoutedExperts experts;

  private DbrxGraph(DbrxConfig config, Precision precision, WeightLayout layout) {
    this.config = config;
    this.precision = precision;
    this.attention = MatrixFormat.of(precision.attention(), precision.block());
    this.graph = new GraphBuilder(layout);
    MatrixFormat matrices = MatrixFormat.of(precision.matrices(), precision.block());
    this.experts = new RoutedExperts(config, matrices, graph);
  }

  /// Writes the graph of a model.
  ///
  /// @param config the model
  /// @param precision how its matrices are stored
  /// @param layout where its weights get their place
  /// @return the graph, with all weights outside
  public static ModelProto write(DbrxConfig config, Precision precision, WeightLayout layout) {
    return new DbrxGraph(config, precision, layout).write();
  }

  private ModelProto write() {
    graph.input("input_ids", INT64, "batch", "seq");
    graph.input("seqlens_k", INT32, "batch");
    graph.input("total_sequence_length", INT32);
    graph.input("logits_rows", INT64, "rows");
    String x = embeddings("input_ids"); // [batch, seq, d]
    for (int block = 0; block < config.nLayers(); block++) {
      x = block(block, x); // [batch, seq, d]
    }
    logits(x, "logits_rows"); // [rows, vocab]
    return graph.model();
  }

  private String embeddings(String ids) {
    Matrix table = Matrix.whole("transformer.wte.weight", config.vocabSize(), config.dModel());
    return MatrixFormat.of(precision.embedding(), precision.block())
        .rows(graph, table, ids, "transformer.wte/output");
  }

  private String block(int number, String input) {
    String block = "transformer.blocks." + number;
    String attn = block + ".norm_attn_norm";
    String h = norm(attn + ".norm_1", input); // [batch, seq, d]
    h = attention(attn + ".attn", number, h); // [batch, seq, d]
    String x = add(input, h, attn + "/output");
    h = norm(attn + ".norm_2", x);
    h = experts.write(block + ".ffn", h); // [batch, seq, d]
    return add(x, h, block + "/output");
  }

  private String attention(String path, int block, String x) {
    Matrix wqkv = Matrix.whole(path + ".Wqkv.weight", config.qkvWidth(), config.dModel());
    String qkv = attention.multiply(graph, wqkv, x, path + ".Wqkv/output"); // [batch, seq, q+k+v]
    Float bound = config.clipQkv();
    if (bound != null) {
      String low = graph.number("clip_qkv.min", -bound);
      String high = graph.number("clip_qkv.max", bound);
      qkv = graph.op("Clip").in(qkv, low, high).to(path + ".Wqkv/clipped");
    }
    String context = rotateAndAttend(path, block, qkv); // [batch, seq, d]
    Matrix outProj = Matrix.whole(path + ".out_proj.weight", config.dModel(), config.dModel());
    return attention.multiply(graph, outProj, context, path + ".out_proj/output");
  }

  private String rotateAndAttend(String path, int block, String qkv) {
    return graph
        .microsoft("GroupQueryAttention")
        .in(qkv, "", "", cache("past_key.", block), cache("past_value.", block))
        .in("seqlens_k", "total_sequence_length")
        .in(rotary("rotary.cos", Math::cos), rotary("rotary.sin", Math::sin))
        .with("num_heads", config.nHeads())
        .with("kv_num_heads", config.nKvHeads())
        .with("do_rotary", 1)
        .to(path + "/context", present("present_key.", block), present("present_value.", block));
  }

  private String cache(String prefix, int block) {
    return graph.input(
        prefix + block, FLOAT, "batch", config.nKvHeads(), "max_len", config.headDim());
  }

  private String present(String prefix, int block) {
    graph.output(prefix + block, FLOAT, "batch", config.nKvHeads(), "max_len", config.headDim());
    return prefix + block;
  }

  private String rotary(String name, java.util.function.DoubleUnaryOperator function) {
    RotaryTable table =
        new RotaryTable(config.ropeTheta(), config.headDim(), config.maxSeqLen(), function);
    List<Long> shape = List.of((long) config.maxSeqLen(), config.headDim() / 2L);
    return graph.weight(name, DType.F32, shape, table);
  }

  private void logits(String hidden, String rows) {
    String shape = graph.integers("tokens_by_width", -1, config.dModel());
    String flat = graph.op("Reshape").in(hidden, shape).to("transformer/tokens"); // [T, d]
    String chosen = graph.op("Gather").in(flat, rows).to("transformer/rows"); // [rows, d]
    String h = norm("transformer.norm_f", chosen);
    Matrix lmHead = Matrix.whole("lm_head.weight", config.vocabSize(), config.dModel());
    MatrixFormat.of(precision.lmHead(), precision.block()).multiply(graph, lmHead, h, "logits");
    graph.output("logits", FLOAT, "rows", config.vocabSize());
  }

  private String norm(String path, String x) {
    String weight = path + ".weight";
    SectionContent content = new Widened(List.of(new TensorRows(weight, 0, config.dModel())));
    graph.weight(weight, DType.F32, List.of((long) config.dModel()), content);
    return graph
        .op("LayerNormalization")
        .in(x, weight)
        .with("axis", -1)
        .with("epsilon", NORM_EPSILON)
        .to(path + "/output");
  }

  private String add(String x, String y, String sum) {
    return graph.op("Add").in(x, y).to(sum);
  }
}
