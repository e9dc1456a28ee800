package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysicalCoresTest {
  @TempDir Path cpus;

  @Test
  void threadsOfOneCoreCountOnce() throws IOException {
    List<String> siblings = List.of("0,2", "1,3", "0,2", "1,3");
    for (int i = 0; i < siblings.size(); i++) {
      Path topology = Files.createDirectories(cpus.resolve("cpu" + i).resolve("topology"));
      Files.writeString(topology.resolve("thread_siblings_list"), siblings.get(i) + "\n");
    }
    Files.createDirectories(cpus.resolve("cpufreq"));

    assertThat(PhysicalCores.count(cpus)).isEqualTo(2);
  }

  @Test
  void systemThatDoesNotTellCountsNone() throws IOException {
    assertThat(PhysicalCores.count(cpus.resolve("missing"))).isZero();
    Files.createDirectories(cpus.resolve("cpu0"));
    assertThat(PhysicalCores.count(cpus)).isZero();
  }

  @Test
  void thereIsAtLeastOneAndNoMoreThanAllowed() {
    assertThat(PhysicalCores.available()).isBetween(1, Runtime.getRuntime().availableProcessors());
  }
}
