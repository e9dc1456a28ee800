package dev.dbrx4j.onnx.graph;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.weights.Matrix;
import dev.dbrx4j.onnx.weights.Matrix.Order;
import dev.dbrx4j.onnx.weights.TensorRows;
import java.util.List;
import java.util.stream.IntStream;

/// The matrices of a block's experts, of which the checkpoint has three tensors with all experts
/// one below the other.
final class ExpertMatrices {
  private ExpertMatrices() {}

  /// {@return for each expert w1 (gate) and v1 (up) as one matrix of two parts}
  ///
  /// @param path such as `transformer.blocks.0.ffn.experts`
  static List<Matrix> gateAndUp(DbrxConfig config, String path) {
    String mlp = path + ".mlp.";
    return IntStream.range(0, config.nExperts())
        .mapToObj(e ->
            new Matrix(
                mlp + "w1v1." + e,
                2L * config.ffnHiddenSize(),
                config.dModel(),
                Order.OUTPUT_ROWS,
                List.of(rows(config, mlp + "w1", e), rows(config, mlp + "v1", e))))
        .toList();
  }

  /// {@return for each expert w2 (down), which is stored an input a row}
  ///
  /// @param path such as `transformer.blocks.0.ffn.experts`
  static List<Matrix> down(DbrxConfig config, String path) {
    String mlp = path + ".mlp.";
    return IntStream.range(0, config.nExperts())
        .mapToObj(e ->
            new Matrix(
                mlp + "w2." + e,
                config.dModel(),
                config.ffnHiddenSize(),
                Order.INPUT_ROWS,
                List.of(rows(config, mlp + "w2", e))))
        .toList();
  }

  private static TensorRows rows(DbrxConfig config, String tensor, int expert) {
    long ffn = config.ffnHiddenSize();
    return new TensorRows(tensor, expert * ffn, ffn);
  }
}
