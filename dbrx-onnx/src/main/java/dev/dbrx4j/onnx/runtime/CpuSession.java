package dev.dbrx4j.onnx.runtime;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.dbrx4j.ModelIoException;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.Bundle;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.graph.JavaKernels;
import dev.dbrx4j.onnx.kernel.BlockOperators;
import dev.dbrx4j.onnx.ort.ExecutionProvider;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import dev.dbrx4j.onnx.ort.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Opens a bundle's session on the processor. Quantised matrices are multiplied by ONNX Runtime's
/// own operators, which first make a copy of them in another order; or, where the processor allows
/// it, by operators of our own, which read them where they are mapped.
final class CpuSession {
  /// System property that turns our own operators off, with `false`.
  static final String JAVA_KERNELS = "dbrx4j.java-kernels";

  private static final System.Logger LOG = System.getLogger(CpuSession.class.getName());

  private CpuSession() {}

  static OrtSession open(
      OrtRuntime runtime, Bundle bundle, int threads, List<ExecutionProvider> providers) {
    Path graph = bundle.graph(Flavour.CPU);
    if (!usesJavaKernels(bundle, providers)) {
      Map<String, String> configuration = SessionConfiguration.of(bundle.precision());
      return OrtSession.open(
          runtime, graph, new OrtSession.Settings(threads, configuration, providers));
    }
    byte[] bytes = withJavaKernels(bundle, graph);
    OrtSession.Settings settings =
        new OrtSession.Settings(
            threads, SessionConfiguration.forJavaKernels(), providers, new BlockOperators(threads));
    return OrtSession.open(runtime, bytes, bundle.folder(), settings);
  }

  private static byte[] withJavaKernels(Bundle bundle, Path graph) {
    try {
      ModelProto model = ModelProto.parseFrom(Files.readAllBytes(graph));
      return JavaKernels.into(model, bundle.config()).toByteArray();
    } catch (IOException e) {
      throw new ModelIoException("cannot read " + graph + ": " + e, e);
    }
  }

  private static boolean usesJavaKernels(Bundle bundle, List<ExecutionProvider> providers) {
    if (bundle.precision().matrices() == WeightType.FP32
        || !providers.isEmpty()
        || System.getProperty(JAVA_KERNELS, "true").equals("false")) {
      return false;
    }
    String obstacle = BlockOperators.obstacle();
    if (!obstacle.isEmpty()) {
      LOG.log(System.Logger.Level.INFO, "quantised weights are copied when loaded: {0}", obstacle);
    }
    return obstacle.isEmpty();
  }
}
