package dev.dbrx4j.onnx.ort;

import java.nio.file.Path;
import java.util.Map;

/// ONNX Runtime for tests, its library copied below the build folder.
public final class TestRuntime {
  private TestRuntime() {}

  public static OrtRuntime runtime() {
    return OrtRuntime.get(Path.of("target", "cache"));
  }

  public static OrtSession open(Path graph) {
    return OrtSession.open(runtime(), graph, 1, Map.of());
  }
}
