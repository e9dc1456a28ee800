package dev.dbrx4j.onnx.weights;

import java.util.List;

/// A matrix of the model that takes vectors of `inputs` numbers to vectors of `outputs` numbers.
///
/// @param name its name in the graph
/// @param outputs width of what it produces
/// @param inputs width of what it takes
/// @param order how the checkpoint stores it
/// @param parts the checkpoint's rows that it consists of, all equally many; each format says how
///   it joins them
public record Matrix(String name, long outputs, long inputs, Order order, List<TensorRows> parts) {
  /// Order of a stored matrix, row-major.
  public enum Order {
    /// `[outputs, inputs]`, a row an output
    OUTPUT_ROWS,
    /// `[inputs, outputs]`, a row an input
    INPUT_ROWS
  }

  /// {@return a matrix that is a whole tensor of the checkpoint, a row an output}
  ///
  /// @param name the tensor's name
  /// @param outputs its rows
  /// @param inputs its columns
  public static Matrix whole(String name, long outputs, long inputs) {
    List<TensorRows> rows = List.of(new TensorRows(name, 0, outputs));
    return new Matrix(name, outputs, inputs, Order.OUTPUT_ROWS, rows);
  }

  /// {@return its shape as the checkpoint stores it}
  public List<Long> storedShape() {
    return order == Order.OUTPUT_ROWS ? List.of(outputs, inputs) : List.of(inputs, outputs);
  }
}
