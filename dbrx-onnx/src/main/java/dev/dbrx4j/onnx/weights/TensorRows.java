package dev.dbrx4j.onnx.weights;

/// Consecutive rows of a checkpoint's tensor.
///
/// @param tensor the tensor's name
/// @param firstRow index of the first row
/// @param rows how many
public record TensorRows(String tensor, long firstRow, long rows) {}
