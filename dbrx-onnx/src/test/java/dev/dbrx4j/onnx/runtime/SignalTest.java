package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.ModelRunnerProvider;
import dev.dbrx4j.spi.RunnerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A signal while a model loads or runs ends the process as the shell expects; nothing crashes.
@EnabledOnOs({OS.LINUX, OS.MAC})
class SignalTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void endsTheProcess(String signal, int exitCode) throws Exception {
    assertEnds(signal, exitCode, 2);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"TERM, 143", "INT, 130"})
  void endsTheProcessAtAnyMoment(String signal, int exitCode) throws Exception {
    assertEnds(signal, exitCode, 50);
  }

  private void assertEnds(String signal, int exitCode, int times) throws Exception {
    assumeTrue(!isIgnored(signal), "this process inherited that the signal is ignored");
    Path checkpoint = TestModels.checkpoint(TestModels.LARGE).toAbsolutePath();
    Random random = new Random();
    for (int i = 0; i < times; i++) {
      try (ChildJvm child =
          ChildJvm.start(
              folder,
              List.of("--enable-native-access=ALL-UNNAMED"),
              EndlessPasses.class,
              checkpoint.toString(),
              TestModels.CACHE.toAbsolutePath().toString())) {
        child.await(random.nextBoolean() ? "loading" : "running");
        Thread.sleep(random.nextInt(500));
        new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start().waitFor();
        assertThat(child.exitCode()).isEqualTo(exitCode);
        assertThat(child.printed().lines()).isSubsetOf("loading", "running");
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  /// A shell starts its background jobs with SIGINT ignored, and so their children.
  private static boolean isIgnored(String signal) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!signal.equals("INT") || !Files.exists(status)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(status)) {
      String mask = lines.filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow();
      return (Long.parseUnsignedLong(mask.substring(7).strip(), 16) & 0b10) != 0;
    }
  }

  /// Runs long passes until it is killed.
  static final class EndlessPasses {
    private EndlessPasses() {}

    @SuppressWarnings("InfiniteLoopStatement")
    public static void main(String[] arguments) {
      RunnerOptions options =
          RunnerOptions.defaults()
              .withMaxContext(TestModels.LONG_PASS_TOKENS)
              .withCacheFolder(Path.of(arguments[1]));
      System.out.println("loading");
      ModelRunnerProvider provider =
          ServiceLoader.load(ModelRunnerProvider.class).findFirst().orElseThrow();
      ModelRunner runner = provider.open(Path.of(arguments[0]), options);
      int[] prompt = TestModels.randomTokens(TestModels.LARGE, TestModels.LONG_PASS_TOKENS, 1);
      System.out.println("running");
      while (true) {
        runner.prefill(0, prompt, 0, LogitsRows.LAST);
      }
    }
  }
}
