package dev.dbrx4j.onnx.graph;

import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.weights.BlockFormat;
import dev.dbrx4j.onnx.weights.Matrix;
import java.util.List;

/// How matrices are stored and multiplied: one implementation a kind of weights.
interface MatrixFormat {
  /// {@return the format of a type of weights}
  ///
  /// @param type how matrices are to be stored
  /// @param block numbers that share a scale
  static MatrixFormat of(WeightType type, int block) {
    return switch (type) {
      case FP32, BF16 -> new FloatFormat(type);
      case INT8, INT4 -> new QuantisedFormat(new BlockFormat(type.bits(), block));
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

  /// Takes the product of a matrix of two parts apart again.
  ///
  /// @param graph the graph to write into
  /// @param product the value, `[n, outputs]`
  /// @param first name of the first part's product, `[n, outputs / 2]`
  /// @param second name of the second part's
  void split(GraphBuilder graph, String product, String first, String second);

  /// Writes the rows of a matrix with given numbers.
  ///
  /// @param graph the graph to write into
  /// @param matrix a row an output
  /// @param numbers which rows, `[...]`
  /// @param y name of the result, `[..., inputs]`
  /// @return the name of the result
  String rows(GraphBuilder graph, Matrix matrix, String numbers, String y);
}
