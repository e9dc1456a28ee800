package dev.dbrx4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// What Linux tells of this process in `/proc/self/status`.
public final class ProcessStatus {
  private static final Path FILE = Path.of("/proc/self/status");

  private ProcessStatus() {}

  /// {@return a field's value, or nothing where the system does not tell}
  ///
  /// @param field its name, such as `SigIgn`
  public static Optional<String> field(String field) {
    if (!Files.exists(FILE)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(FILE)) {
      String key = field + ":";
      return lines
          .filter(line -> line.startsWith(key))
          .findFirst()
          .map(line -> line.substring(key.length()).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// {@return an amount of memory in bytes, 0 where the system does not tell}
  ///
  /// @param field its name, such as `VmRSS`
  public static long bytes(String field) {
    return field(field).map(value -> Long.parseLong(value.replaceAll("\\D", "")) << 10).orElse(0L);
  }
}
