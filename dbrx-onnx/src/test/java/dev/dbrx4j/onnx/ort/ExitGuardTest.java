package dev.dbrx4j.onnx.ort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.onnx.runtime.ChildJvm;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ExitGuardTest {
  @TempDir private Path folder;

  @Test
  void givesBackWhatTheWorkReturns() {
    assertThat(ExitGuard.<String>call(() -> "done")).isEqualTo("done");
    assertThatThrownBy(() ->
            ExitGuard.call(() -> {
              throw new IllegalStateException("broken");
            }))
        .hasMessage("broken");
  }

  @Test
  void theExitWaitsForTheWorkAndLetsNobodyStartAnew() throws Exception {
    try (ChildJvm child = ChildJvm.start(folder, List.of(), WorkAtExit.class)) {
      assertThat(child.exitCode()).isEqualTo(WorkAtExit.EXIT_CODE);
      assertThat(child.printed().lines())
          .containsExactly("working", "refused: the JVM is shutting down", "worked");
    }
  }
}
