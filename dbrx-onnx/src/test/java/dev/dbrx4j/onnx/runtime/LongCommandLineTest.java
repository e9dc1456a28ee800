package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.onnx.ort.OrtRuntime;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// ONNX Runtime searches the command line that it finds itself under, however long it is.
class LongCommandLineTest {
  private static final int CHARACTERS = 100_000;

  @TempDir Path folder;

  @Test
  void doesNotEndTheProcess() throws Exception {
    try (ChildJvm child =
        ChildJvm.start(
            folder,
            List.of(
                "--enable-native-access=ALL-UNNAMED", "-Dlong=" + "/a.jar:".repeat(CHARACTERS / 7)),
            Loading.class,
            TestModels.CACHE.toAbsolutePath().toString())) {
      assertThat(child.exitCode()).isZero();
      assertThat(child.printed()).contains("loaded");
    }
  }

  /// Loads the runtime.
  static final class Loading {
    private Loading() {}

    public static void main(String[] arguments) {
      System.out.println("loaded " + OrtRuntime.get(Path.of(arguments[0])).version());
    }
  }
}
