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
        .contains("int4 (attention bf16, lm_head bf16, embedding bf16, blocks of 32), BF16")
        .contains("1028 bytes come down, 401408 where")
        .contains("layers 0 to 39: weights 7")
        .contains("BFLOAT16 on a GPU may differ by")
        .contains("decode steps of 4 sequences ran")
        .contains("a prefill of 24 tokens ran")
        .contains("3 users came and were served")
        .doesNotContain("tok/s");
    assertThat(Files.readString(json).strip()).isEqualTo("[ ]");
  }

  @Test
  void dryRunTakesDenseMatricesInSixteenBits() throws IOException {
    Path report = folder.resolve("dense.md");
    int code =
        new CommandLine(new GpuCommand())
            .execute(
                "--dry-run",
                "--dense",
                "BF16",
                "--part",
                "AGREEMENT",
                "--work",
                folder.resolve("work").toString(),
                "--report",
                report.toString());

    assertThat(code).isZero();
    assertThat(Files.readString(report)).contains("float16 on the processor: Agreement[largest=0.");
  }

  @Test
  void withoutAGpuItFailsAndSaysWhy() {
    int code =
        new CommandLine(new GpuCommand())
            .execute("--part", "LIBRARIES", "--work", folder.toString());

    assertThat(code).isEqualTo(1);
  }
}
