package dev.dbrx4j.bench.cpu;

import dev.dbrx4j.bench.ProcessStatus;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.ModelRunner;
import dev.dbrx4j.spi.ModelRunnerProvider;
import dev.dbrx4j.spi.RunnerOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.ServiceLoader;

/// A fresh process that loads a bundle, computes a first token, and then a prompt that goes through
/// every expert: prints the milliseconds from `main` to the first token, and the bytes of memory
/// resident at the end.
public final class LoadProbe {
  private LoadProbe() {}

  /// What a process has printed.
  ///
  /// @param millis from `main` to the first token
  /// @param residentBytes of the whole process
  record Result(double millis, double residentBytes) {}

  /// Runs the probe in a new process.
  static Result measure(Path bundle, int threads) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Ddbrx4j.java-kernels=" + System.getProperty("dbrx4j.java-kernels"));
    command.addAll(List.of("-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(LoadProbe.class.getName(), bundle.toString()));
    command.add(Integer.toString(threads));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String[] fields = out.strip().split(" ", -1);
    if (fields.length != 2) {
      throw new IOException("the process that loads " + bundle + " failed");
    }
    return new Result(Double.parseDouble(fields[0]), Double.parseDouble(fields[1]));
  }

  /// Loads and measures.
  ///
  /// @param args the bundle and the number of threads
  public static void main(String[] args) {
    long start = System.nanoTime();
    RunnerOptions defaults = RunnerOptions.defaults();
    RunnerOptions options =
        new RunnerOptions(
            1,
            OptionalInt.of(1024),
            OptionalInt.of(Integer.parseInt(args[1])),
            defaults.device(),
            defaults.stepTokens(),
            defaults.cacheFolder(),
            defaults.precision(),
            defaults.progress());
    try (ModelRunner runner =
        ServiceLoader.load(ModelRunnerProvider.class)
            .findFirst()
            .orElseThrow()
            .open(Path.of(args[0]), options)) {
      runner.prefill(0, new int[] {1, 2, 3, 4}, 0, LogitsRows.LAST);
      double millis = (System.nanoTime() - start) / 1e6;
      int[] prompt = new Random(1).ints(512, 0, runner.config().vocabSize()).toArray();
      runner.prefill(0, prompt, 0, LogitsRows.LAST);
      System.out.println(millis + " " + ProcessStatus.bytes("VmRSS"));
    }
  }
}
