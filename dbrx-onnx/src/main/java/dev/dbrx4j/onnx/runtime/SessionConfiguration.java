package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import java.util.Map;

/// How ONNX Runtime is to run a graph, by the precision of its matrices.
final class SessionConfiguration {
  /// Float kernels read weights where they are mapped. Repacked copies would double the memory,
  /// share none of it between processes, take long to make, and make a single-token product no
  /// faster.
  private static final String DISABLE_PREPACKING = "session.disable_prepacking";

  /// Threads that spin between nodes would take cores from the rest of the program.
  private static final String ALLOW_SPINNING = "session.intra_op.allow_spinning";

  private SessionConfiguration() {}

  /// {@return entries of the session's configuration, by ONNX Runtime's keys}
  static Map<String, String> of(Precision precision) {
    boolean floats = precision.matrices() == WeightType.FP32;
    return Map.of(DISABLE_PREPACKING, floats ? "1" : "0", ALLOW_SPINNING, "0");
  }
}
