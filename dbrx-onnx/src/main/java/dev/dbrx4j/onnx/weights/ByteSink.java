package dev.dbrx4j.onnx.weights;

import java.nio.ByteBuffer;

/// Takes a section's bytes in order.
@FunctionalInterface
public interface ByteSink {
  /// Takes the bytes between a buffer's position and limit; the buffer may be reused afterwards.
  ///
  /// @param bytes a direct buffer
  void write(ByteBuffer bytes);
}
