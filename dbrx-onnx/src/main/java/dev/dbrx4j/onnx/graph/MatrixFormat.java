package dev.dbrx4j.onnx.graph;

import dev.dbrx4j.onnx.Precision;
import java.util.List;

/// How matrices are stored and multiplied: one implementation a precision.
public interface MatrixFormat {
  /// {@return the format of a precision}
  ///
  /// @param precision how matrices are to be stored
  static MatrixFormat of(Precision precision) {
    return switch (precision) {
      case FP32 -> new Fp32Format();
    };
  }

  /// Places matrices of equal size one right after another, so that the stack can be read as one
  /// tensor.
  ///
  /// @param graph the graph whose layout takes them
  /// @param stack the matrices
  void place(GraphBuilder graph, List<Matrix> stack);

  /// Writes `y = W x` for every vector `x` along the last dimension of a value.
  ///
  /// @param graph the graph to write into
  /// @param matrix W
  /// @param x the value, `[..., inputs]`
  /// @param y name of the result, `[..., outputs]`
  /// @return the name of the result
  String multiply(GraphBuilder graph, Matrix matrix, String x, String y);
}
