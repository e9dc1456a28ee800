package dev.dbrx4j.bench.jmh;

import dev.dbrx4j.bench.Folders;
import dev.dbrx4j.bench.Geometries;
import dev.dbrx4j.bench.RandomCheckpoint;
import dev.dbrx4j.bench.RandomWeights;
import dev.dbrx4j.spi.Logits;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.ModelRunnerProvider;
import dev.dbrx4j.spi.RunnerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Runs one token of one sequence after 128 others, on random weights that are written and exported
/// first.
@State(Scope.Benchmark)
@Fork(jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls open() first
public class DecodeBenchmark {
  private static final int CONTEXT = 128;

  /// Which model.
  @Param("dbrx-tiny")
  public String geometry = "";

  private Path folder;
  private ModelRunner runner;

  /// For JMH.
  public DecodeBenchmark() {}

  /// Makes the model and runs the tokens before.
  ///
  /// @throws IOException if it cannot be written
  @Setup
  public void open() throws IOException {
    folder = Files.createTempDirectory("dbrx-bench");
    Path checkpoint = folder.resolve("checkpoint");
    new RandomCheckpoint(Geometries.named(geometry), RandomWeights.NORMAL, 1, Long.MAX_VALUE)
        .write(checkpoint);
    RunnerOptions options =
        RunnerOptions.defaults()
            .withMaxContext(2 * CONTEXT)
            .withCacheFolder(folder.resolve("cache"));
    runner =
        ServiceLoader.load(ModelRunnerProvider.class)
            .findFirst()
            .orElseThrow()
            .open(checkpoint, options);
    int[] tokens = new int[CONTEXT];
    Arrays.setAll(tokens, i -> 100 + i);
    runner.prefill(0, tokens, 0, LogitsRows.NONE);
  }

  /// Removes the model.
  ///
  /// @throws IOException if it cannot be removed
  @TearDown
  public void close() throws IOException {
    runner.close();
    Folders.delete(folder);
  }

  /// {@return the scores of the token after}
  @Benchmark
  public Logits decode() {
    return runner.decode(new int[] {0}, new int[] {100}, new int[] {CONTEXT});
  }
}
