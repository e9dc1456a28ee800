package dev.dbrx4j.bench;

import dev.dbrx4j.bench.BenchReport.Better;
import dev.dbrx4j.bench.BenchReport.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Measures how long a new JVM takes to load a model. Runs with and without an AOT cache, which
/// remembers loaded classes from an earlier run, take turns.
@Command(
    name = "load-time",
    description = "Load a model in new JVMs, with and without an AOT cache: milliseconds.")
final class LoadTimeCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "MODEL",
      arity = "0..1",
      defaultValue = "${sys:dbrx4j.default-model:-models/dbrx-tiny}",
      description = "Checkpoint or bundle (default: the small model of the repository).")
  @SuppressWarnings("NullAway.Init") // picocli sets the default
  private Path model;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "9",
      description = "JVMs of each kind (default: ${DEFAULT-VALUE}).")
  private int runs;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write the rows here.")
  private @Nullable Path json;

  /// Milliseconds from the start of the call, and from the start of the process.
  private record Times(double load, double firstToken, double process) {}

  @Override
  public Integer call() throws IOException {
    Path cache = Files.createTempFile("dbrx4j", ".aot");
    try {
      run("-XX:AOTCacheOutput=" + cache); // also exports the model, if that was not done
      List<Times> plain = new ArrayList<>();
      List<Times> cached = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        plain.add(run("-XX:AOTMode=off"));
        cached.add(run("-XX:AOTCache=" + cache));
      }
      report(plain, cached);
      return 0;
    } finally {
      Files.delete(cache);
    }
  }

  private void report(List<Times> plain, List<Times> cached) {
    BenchReport report = new BenchReport();
    report.add(row("load", plain, cached, Times::load));
    report.add(row("load and first token", plain, cached, Times::firstToken));
    report.add(row("process until first token", plain, cached, Times::process));
    report.print(System.out);
    if (json != null) {
      report.writeJson(json);
    }
  }

  private static Row row(
      String name, List<Times> plain, List<Times> cached, ToDoubleFunction<Times> time) {
    return Row.against(
        name,
        "ms",
        Better.LOWER,
        plain.stream().mapToDouble(time).toArray(),
        "with AOT cache",
        cached.stream().mapToDouble(time).toArray());
  }

  private Times run(String option) throws IOException {
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                LoadProbe.class.getName(),
                model.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      String line = out.readLine();
      double whole = (System.nanoTime() - start) / 1e6;
      if (line == null || process.waitFor() != 0) {
        throw new IllegalStateException("the JVM that should load " + model + " failed");
      }
      String[] micros = line.split(" ", 2);
      return new Times(
          Double.parseDouble(micros[0]) / 1e3, Double.parseDouble(micros[1]) / 1e3, whole);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while loading " + model, e);
    }
  }
}
