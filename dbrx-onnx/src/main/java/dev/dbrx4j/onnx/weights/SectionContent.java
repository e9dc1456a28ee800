package dev.dbrx4j.onnx.weights;

import dev.dbrx4j.onnx.safetensors.Checkpoint;

/// How a section's bytes are made from a checkpoint.
@FunctionalInterface
public interface SectionContent {
  /// Writes exactly the tensor's bytes, in pieces.
  ///
  /// @param checkpoint where weights come from
  /// @param sink takes the bytes in order
  void writeTo(Checkpoint checkpoint, ByteSink sink);
}
