package dev.dbrx4j.onnx.graph;

import dev.dbrx4j.onnx.safetensors.DType;
import dev.dbrx4j.onnx.weights.Matrix;
import dev.dbrx4j.onnx.weights.Matrix.Order;
import dev.dbrx4j.onnx.weights.Widened;
import java.util.List;

/// Matrices in 32-bit floats, in the checkpoint's own order: nothing is transposed at export, since
/// the kernels read both orders at the same speed. Parts lie one below the other.
final class Fp32Format implements MatrixFormat {
  @Override
  public void place(GraphBuilder graph, List<Matrix> stack) {
    weight(graph, stack.getFirst());
    for (Matrix m : stack.subList(1, stack.size())) {
      graph.layout().append(m.name(), DType.F32, m.storedShape(), new Widened(m.parts()), 0);
    }
  }

  @Override
  public String multiply(GraphBuilder graph, Matrix matrix, String x, String y) {
    String weight = weight(graph, matrix);
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
    return graph.op("Gather").in(weight(graph, matrix), numbers).to(y);
  }

  private static String weight(GraphBuilder graph, Matrix matrix) {
    return graph.weight(
        matrix.name(), DType.F32, matrix.storedShape(), new Widened(matrix.parts()));
  }
}
