package dev.dbrx4j.onnx.runtime;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// A Java process of its own, on the class path of this one.
public final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;
  private final StringBuilder printed = new StringBuilder();

  private ChildJvm(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /// Starts a process.
  ///
  /// @param workingFolder where the process runs, and would leave a crash report
  /// @param options for the virtual machine
  public static ChildJvm start(
      Path workingFolder, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(classPath());
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ChildJvm(
        new ProcessBuilder(command)
            .directory(workingFolder.toFile())
            .redirectErrorStream(true)
            .start());
  }

  /// Modules of this process, its class path, and both of the build's output folders.
  private static String classPath() {
    return java.util.stream.Stream.of(
            Path.of("target", "test-classes").toAbsolutePath().toString(),
            Path.of("target", "classes").toAbsolutePath().toString(),
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path"))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  public long pid() {
    return process.pid();
  }

  /// Reads on until a line is printed.
  public void await(String line) throws IOException {
    String next = output.readLine();
    while (next != null && !next.equals(line)) {
      printed.append(next).append('\n');
      next = output.readLine();
    }
    if (next == null) {
      throw new AssertionError("ended without printing " + line + ":\n" + printed);
    }
  }

  /// {@return all that was printed, once the process has ended}
  public String printed() throws IOException {
    return printed.append(output.lines().collect(Collectors.joining("\n"))).toString();
  }

  public int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("still runs:\n" + printed);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
