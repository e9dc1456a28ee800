package dev.dbrx4j.onnx.graph;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.weights.Matrix;
import java.util.List;

/// The mixture of experts for the CPU: tokens are sorted by expert, each expert multiplies its own
/// stretch, and the results are gathered back and summed by weight. An expert that no token chose
/// has an empty stretch and costs microseconds, so there is no control flow. `T` is the number of
/// tokens, `E` of experts, `k` of experts a token, `n` of tokens of one expert.
final class RoutedExperts {
  private final DbrxConfig config;
  private final MatrixFormat format;
  private final GraphBuilder graph;

  RoutedExperts(DbrxConfig config, MatrixFormat format, GraphBuilder graph) {
    this.config = config;
    this.format = format;
    this.graph = graph;
  }

  /// A token's choice: experts and their weights, both `[T, k]`.
  private record Routing(String experts, String weights) {}

  /// Which token stands where once sorted by expert.
  ///
  /// @param tokens the sorted tokens, `[T*k]`
  /// @param counts how many of them each expert has, `[E]`
  /// @param places where each choice of each token went, `[T, k]`
  private record Dispatch(String tokens, String counts, String places) {}

  /// Writes a block's experts.
  ///
  /// @param path the module, such as `transformer.blocks.0.ffn`
  /// @param hidden `[batch, seq, d]`
  /// @return the experts' weighted sum, `[batch, seq, d]`
  String write(String path, String hidden) {
    String width = graph.integers("tokens_by_width", -1, config.dModel());
    String x = graph.op("Reshape").in(hidden, width).to(path + "/tokens"); // [T, d]
    Routing routing = route(path + ".router", x);
    Dispatch dispatch = dispatch(path, routing.experts);
    String y = applyExperts(path + ".experts", x, dispatch); // [T*k, d]
    String sum = combine(path + ".experts", y, dispatch.places, routing.weights); // [T, 1, d]
    String shape = graph.op("Shape").in(hidden).to(path + "/shape");
    return graph.op("Reshape").in(sum, shape).to(path + "/output");
  }

  private Routing route(String path, String x) {
    Matrix router = Matrix.whole(path + ".layer.weight", config.nExperts(), config.dModel());
    String logits =
        new FloatFormat(WeightType.FP32)
            .multiply(graph, router, x, path + ".layer/logits"); // [T, E]
    String probabilities = graph.op("Softmax").in(logits).to(path + ".layer/probabilities");
    String best = path + "/best";
    String experts = path + "/experts";
    String k = graph.integers("experts_per_token", config.topK());
    graph.op("TopK").in(probabilities, k).to(best, experts); // [T, k] both
    return new Routing(experts, normalise(path, best));
  }

  /// Divides the chosen experts' probabilities by their p-norm; they are never negative.
  private String normalise(String path, String best) {
    Float p = config.expertWeightNorm();
    if (p == null) {
      return graph.op("Identity").in(best).to(path + "/weights");
    }
    String norm = p == 1 ? sumOver(-1, 1, best, path + "/norm") : pNorm(path, best, p); // [T, 1]
    return graph.op("Div").in(best, norm).to(path + "/weights");
  }

  private String pNorm(String path, String x, float p) {
    String power = graph.number("expert_weight_norm", p);
    String root = graph.number("expert_weight_norm.inverse", 1 / p);
    String powers = graph.op("Pow").in(x, power).to(path + "/powers");
    String sum = sumOver(-1, 1, powers, path + "/power_sum");
    return graph.op("Pow").in(sum, root).to(path + "/norm");
  }

  private Dispatch dispatch(String path, String experts) {
    String count = graph.integer("expert_count", config.nExperts());
    String bits = graph.integers("zero_one", 0, 1);
    String oneHot =
        graph.op("OneHot").in(experts, count, bits).with("axis", 0).to(path + "/one_hot");
    String chosen = sumOver(2, 0, oneHot, path + "/chosen"); // [E, T], 1 where e serves t
    String pairs = graph.op("NonZero").in(chosen).to(path + "/pairs"); // [2, T*k]: e ascending, t
    String second = graph.integer("one", 1);
    String tokens = graph.op("Gather").in(pairs, second).with("axis", 0).to(path + "/order");
    String counts = sumOver(1, 0, chosen, path + "/counts"); // [E]
    return new Dispatch(tokens, counts, places(path, chosen, experts));
  }

  /// The place of a pair in the sorted order is the number of pairs before it, by expert and then
  /// by token.
  private String places(String path, String chosen, String experts) {
    String line = graph.op("Reshape").in(chosen, graph.integers("line", -1)).to(path + "/line");
    String before =
        graph
            .op("CumSum")
            .in(line, graph.integer("zero", 0))
            .with("exclusive", 1)
            .to(path + "/before"); // [E*T]
    String shape = graph.integers("experts_by_tokens", config.nExperts(), -1);
    String table = graph.op("Reshape").in(before, shape).to(path + "/place_table"); // [E, T]
    String byToken = graph.op("Transpose").in(table).to(path + "/places_by_token"); // [T, E]
    return graph.op("GatherElements").in(byToken, experts).with("axis", 1).to(path + "/places");
  }

  /// down(activation(gate(x)) * up(x)) for each expert's stretch, with gate (w1) and up (v1) in one
  /// product. What lies between the products is done once for all experts.
  private String applyExperts(String path, String x, Dispatch dispatch) {
    String sorted = graph.op("Gather").in(x, dispatch.tokens).to(path + "/sorted"); // [T*k, d]
    List<Matrix> gates = ExpertMatrices.gateAndUp(config, path);
    String both = products(path, "/gate_up", sorted, dispatch.counts, gates); // [T*k, 2*ffn]
    String gate = path + "/gate";
    String up = path + "/up";
    format.split(graph, both, gate, up);
    String h = graph.op("Mul").in(activation(path, gate), up).to(path + "/product"); // [T*k, ffn]
    return products(path, "/output", h, dispatch.counts, ExpertMatrices.down(config, path));
  }

  /// Multiplies each expert's stretch with its own matrix.
  private String products(
      String path, String product, String rows, String counts, List<Matrix> matrices) {
    String[] inputs = new String[matrices.size()];
    String[] outputs = new String[matrices.size()];
    for (int e = 0; e < inputs.length; e++) {
      inputs[e] = path + "." + e + product + "/input"; // [n, inputs]
    }
    graph.op("Split").in(rows, counts).with("axis", 0).to(inputs);
    format.place(graph, matrices);
    for (int e = 0; e < outputs.length; e++) {
      outputs[e] = format.multiply(graph, matrices.get(e), inputs[e], path + "." + e + product);
    }
    return graph.op("Concat").in(outputs).with("axis", 0).to(path + product); // [T*k, outputs]
  }

  private String activation(String path, String gate) {
    return switch (config.activation()) {
      case SILU -> {
        String sigmoid = graph.op("Sigmoid").in(gate).to(path + "/sigmoid");
        yield graph.op("Mul").in(gate, sigmoid).to(path + "/activation");
      }
      case GELU -> graph.op("Gelu").in(gate).to(path + "/activation");
    };
  }

  private String combine(String path, String y, String places, String weights) {
    String byToken = graph.op("Gather").in(y, places).to(path + "/by_token"); // [T, k, d]
    String row = graph.integers("axis_1", 1);
    String w = graph.op("Unsqueeze").in(weights, row).to(path + "/weights"); // [T, 1, k]
    return graph.op("MatMul").in(w, byToken).to(path + "/sum"); // [T, 1, d]
  }

  private String sumOver(int axis, int keepDims, String x, String sum) {
    String axes = graph.integers("axis_" + axis, axis);
    return graph.op("ReduceSum").in(x, axes).with("keepdims", keepDims).to(sum);
  }
}
