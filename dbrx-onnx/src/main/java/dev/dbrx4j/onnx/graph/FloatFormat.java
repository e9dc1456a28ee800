package dev.dbrx4j.onnx.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;

import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.Bfloat16;
import dev.dbrx4j.onnx.weights.Matrix;
import dev.dbrx4j.onnx.weights.Matrix.Order;
import dev.dbrx4j.onnx.weights.SectionContent;
import dev.dbrx4j.onnx.weights.TensorRows;
import dev.dbrx4j.onnx.weights.Widened;
import java.util.List;

/// Matrices of floats, in the checkpoint's own order: nothing is transposed at export, since the
/// kernels read both orders at the same speed. Parts lie one below the other. The processor has
/// kernels for 32 bits alone, so what is stored in 16 is widened when the session is opened.
///
/// @param type FP32 or BF16
record FloatFormat(WeightType type) implements MatrixFormat {
  @Override
  public void place(GraphBuilder graph, List<Matrix> stack) {
    stored(graph, stack.getFirst());
    for (Matrix m : stack.subList(1, stack.size())) {
      graph.layout().append(m.name(), dtype(type), m.storedShape(), content(type, m.parts()), 0);
    }
  }

  @Override
  public String multiply(GraphBuilder graph, Matrix matrix, String x, String y) {
    String weight = widened(graph, stored(graph, matrix), matrix.name() + "/float32");
    if (matrix.order() == Order.INPUT_ROWS) {
      return graph.op("MatMul").in(x, weight).to(y);
    }
    return graph.microsoft("FusedMatMul").in(x, weight).with("transB", 1).to(y);
  }

  @Override
  public void split(GraphBuilder graph, String product, String first, String second) {
    graph.op("Split").in(product).with("axis", -1).with("num_outputs", 2).to(first, second);
  }

  @Override
  public String rows(GraphBuilder graph, Matrix matrix, String numbers, String y) {
    String rows = type == WeightType.FP32 ? y : y + "/stored";
    graph.op("Gather").in(stored(graph, matrix), numbers).to(rows);
    return widened(graph, rows, y);
  }

  private String widened(GraphBuilder graph, String value, String name) {
    return type == WeightType.FP32
        ? value
        : graph.op("Cast").in(value).with("to", FLOAT.getNumber()).to(name);
  }

  private String stored(GraphBuilder graph, Matrix matrix) {
    return stored(graph, type, matrix);
  }

  /// Adds a matrix as it is stored.
  ///
  /// @return its name
  static String stored(GraphBuilder graph, WeightType type, Matrix matrix) {
    SectionContent content = content(type, matrix.parts());
    return graph.weight(matrix.name(), dtype(type), matrix.storedShape(), content);
  }

  private static SectionContent content(WeightType type, List<TensorRows> parts) {
    return type == WeightType.FP32 ? new Widened(parts) : new Bfloat16(parts);
  }

  static DType dtype(WeightType type) {
    return type == WeightType.FP32 ? DType.F32 : DType.BF16;
  }
}
