package dev.dbrx4j.onnx.x86;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What the processor and the system allow.
public final class Processor {
  private static final Set<String> NEEDED = Set.of("avx2", "fma");

  private Processor() {}

  /// {@return why code of an [Assembler] cannot run here; empty if it can}
  public static String obstacle() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String architecture = System.getProperty("os.arch");
    if (!system.equals("linux") || !architecture.equals("amd64")) {
      return "machine code is for Linux on x86-64, not " + system + " on " + architecture;
    }
    try {
      String missing = missing(Files.readAllLines(Path.of("/proc/cpuinfo")));
      if (!missing.isEmpty()) {
        return "the processor has no " + missing;
      }
      Assembler nothing = new Assembler();
      nothing.ret();
      MachineCode.executable(nothing.code());
      return "";
    } catch (IOException | IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /// {@return which of the needed features Linux does not list, separated by spaces}
  static String missing(List<String> cpuinfo) {
    Set<String> missing = new HashSet<>(NEEDED);
    cpuinfo.stream()
        .filter(line -> line.startsWith("flags"))
        .findFirst()
        .ifPresent(line -> missing.removeAll(List.of(line.split("\\s+", -1))));
    return String.join(" ", missing.stream().sorted().toList());
  }
}
