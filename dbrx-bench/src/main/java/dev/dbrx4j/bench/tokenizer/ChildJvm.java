package dev.dbrx4j.bench.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs a main class in a fresh JVM with this one's class path.
///
/// @param folder where its errors are written
/// @param options more options for the JVM
record ChildJvm(Path folder, List<String> options) {
  /// What it printed, and how long after its start the first line came.
  record Output(List<String> lines, double firstLineMillis) {}

  /// @throws IllegalStateException if it fails; the message is the first line of its errors
  Output run(Class<?> main, String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx2g", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    Path errors = folder.resolve("errors.txt");
    long start = System.nanoTime();
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    List<String> lines = new ArrayList<>();
    double firstLineMillis = 0;
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        firstLineMillis = lines.isEmpty() ? (System.nanoTime() - start) / 1e6 : firstLineMillis;
        lines.add(line);
      }
    } finally {
      process.destroy();
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(reason(errors));
    }
    return new Output(lines, firstLineMillis);
  }

  private static String reason(Path errors) throws IOException {
    return Files.readAllLines(errors).stream()
        .filter(line -> line.contains("Exception") || line.contains("Error"))
        .findFirst()
        .orElse("it ended without a message");
  }
}
