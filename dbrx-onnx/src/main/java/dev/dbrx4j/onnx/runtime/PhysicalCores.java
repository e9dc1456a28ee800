package dev.dbrx4j.onnx.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// Counts processor cores. A second thread on a core only competes with the first for its
/// arithmetic units and its memory bandwidth.
final class PhysicalCores {
  private PhysicalCores() {}

  /// {@return physical cores, as far as the process may use them (a container may allow fewer);
  /// where the system does not tell cores from threads, threads}
  static int available() {
    int threads = Runtime.getRuntime().availableProcessors();
    int cores = count(Path.of("/sys/devices/system/cpu"));
    return cores == 0 ? threads : Math.min(cores, threads);
  }

  /// {@return cores that Linux describes in a folder, 0 if it does not}
  static int count(Path cpus) {
    Set<String> cores = new HashSet<>();
    try (var folders = Files.newDirectoryStream(cpus, "cpu[0-9]*")) {
      for (Path cpu : folders) {
        cores.add(Files.readString(cpu.resolve("topology/thread_siblings_list")));
      }
      return cores.size();
    } catch (IOException e) {
      return 0;
    }
  }
}
