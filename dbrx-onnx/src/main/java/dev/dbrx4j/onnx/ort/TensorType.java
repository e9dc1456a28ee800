package dev.dbrx4j.onnx.ort;

import java.util.List;

/// Type of a graph's input or output.
///
/// @param elementType type of an element
/// @param shape dimensions, -1 for those that a run decides
public record TensorType(ElementType elementType, List<Long> shape) {
  @Override
  public String toString() {
    return elementType + " " + shape;
  }
}
