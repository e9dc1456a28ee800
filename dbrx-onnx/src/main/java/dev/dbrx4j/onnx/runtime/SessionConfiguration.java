package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import java.util.Map;

/// How ONNX Runtime is to run a graph, by the precision of its matrices.
final class SessionConfiguration {
  /// Float kernels read weights where they are mapped. Repacked copies would double the memory,
  /// share none of it between processes, take long to make, and make a single-token product no
  /// faster. Kernels for integers need them.
  private static final String DISABLE_PREPACKING = "session.disable_prepacking";

  /// A decode step of a quantised model is hundreds of nodes of microseconds each: threads that
  /// have to be woken for each cost a quarter of the speed.
  private static final String ALLOW_SPINNING = "session.intra_op.allow_spinning";

  /// Between passes no core is taken from the rest of the program.
  private static final String STOP_SPINNING = "session.force_spinning_stop";

  private SessionConfiguration() {}

  /// {@return entries of the session's configuration, by ONNX Runtime's keys}
  static Map<String, String> of(Precision precision) {
    return precision.matrices() == WeightType.FP32 ? asMapped() : spinning();
  }

  /// {@return those for a graph with products of our own, on threads of their own}
  static Map<String, String> forJavaKernels() {
    return asMapped();
  }

  private static Map<String, String> asMapped() {
    return Map.of(DISABLE_PREPACKING, "1", ALLOW_SPINNING, "0");
  }

  private static Map<String, String> spinning() {
    return Map.of(DISABLE_PREPACKING, "0", ALLOW_SPINNING, "1", STOP_SPINNING, "1");
  }
}
