package dev.dbrx4j.onnx.weights;

import dev.dbrx4j.onnx.safetensors.Checkpoint;
import java.util.List;

/// How the bytes of one or several sections are made from a checkpoint. Sections that are made
/// together, such as a matrix's integers and their scales, are the parts of one content.
public interface SectionContent {
  /// {@return how many sections can be made}
  default int partCount() {
    return 1;
  }

  /// Writes exactly the tensors' bytes, in pieces.
  ///
  /// @param checkpoint where weights come from
  /// @param sinks for each part, what takes its bytes in order
  void writeTo(Checkpoint checkpoint, List<ByteSink> sinks);
}
