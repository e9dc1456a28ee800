package dev.dbrx4j.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GpuCommandTest {
  @TempDir Path folder;

  @Test
  void dryRunGoesThroughEverythingAndReports() throws IOException {
    Path report = folder.resolve("report.md");
    Path json = folder.resolve("rows.json");
    int code =
        new CommandLine(new GpuCommand())
            .execute(
                "--dry-run",
                "--work",
                folder.resolve("work").toString(),
                "--report",
                report.toString(),
                "--json",
                json.toString());

    assertThat(code).isZero();
    assertThat(Files.readString(report))
        .contains("## Libraries")
        .contains("QMoE=40")
        .contains("layers 0 to 39: weights 7")
        .contains("BFLOAT16 on a GPU may differ by")
        .contains("decode steps of 4 sequences ran")
        .contains("a prefill of 24 tokens ran")
        .doesNotContain("tok/s");
    assertThat(Files.readString(json).strip()).isEqualTo("[ ]");
  }

  @Test
  void withoutAGpuItFailsAndSaysWhy() {
    int code =
        new CommandLine(new GpuCommand())
            .execute("--part", "LIBRARIES", "--work", folder.toString());

    assertThat(code).isEqualTo(1);
  }
}
