package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.NativeRuntimeException;
import dev.dbrx4j.onnx.ort.OrtRuntime;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeAccessTest {
  @TempDir Path folder;

  @Test
  void denialNamesTheFlag() throws Exception {
    try (ChildJvm child =
        ChildJvm.start(folder, List.of("--illegal-native-access=deny"), Load.class, cache())) {
      child.exitCode();
      assertThat(child.printed())
          .contains("start Java with --enable-native-access=ALL-UNNAMED")
          .contains(NativeRuntimeException.class.getName());
    }
  }

  @Test
  void theFlagIsEnough() throws Exception {
    List<String> options =
        List.of("--illegal-native-access=deny", "--enable-native-access=ALL-UNNAMED");
    try (ChildJvm child = ChildJvm.start(folder, options, Load.class, cache())) {
      assertThat(child.exitCode()).isZero();
      assertThat(child.printed()).isEqualTo(OrtRuntime.VERSION);
    }
  }

  private static String cache() {
    return TestModels.CACHE.toAbsolutePath().toString();
  }

  /// Loads the library and prints its version.
  static final class Load {
    private Load() {}

    public static void main(String[] arguments) {
      System.out.println(OrtRuntime.get(Path.of(arguments[0])).version());
    }
  }
}
