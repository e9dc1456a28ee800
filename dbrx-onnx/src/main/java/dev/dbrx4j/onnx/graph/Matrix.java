package dev.dbrx4j.onnx.graph;

import dev.dbrx4j.onnx.weights.TensorRows;
import java.util.List;

/// A matrix of the model that takes vectors of `inputs` numbers to vectors of `outputs` numbers.
///
/// @param name its name in the graph
/// @param outputs width of what it produces
/// @param inputs width of what it takes
/// @param order how the checkpoint stores it
/// @param parts the checkpoint's rows that it consists of, one below the other
record Matrix(String name, long outputs, long inputs, Order order, List<TensorRows> parts) {
  /// Order of a stored matrix, row-major.
  enum Order {
    /// `[outputs, inputs]`, a row an output
    OUTPUT_ROWS,
    /// `[inputs, outputs]`, a row an input
    INPUT_ROWS
  }

  /// A matrix that is a whole tensor of the checkpoint, a row an output.
  static Matrix whole(String name, long outputs, long inputs) {
    List<TensorRows> rows = List.of(new TensorRows(name, 0, outputs));
    return new Matrix(name, outputs, inputs, Order.OUTPUT_ROWS, rows);
  }

  List<Long> storedShape() {
    return order == Order.OUTPUT_ROWS ? List.of(outputs, inputs) : List.of(inputs, outputs);
  }
}
