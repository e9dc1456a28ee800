package dev.dbrx4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
  private static final String NANO = Run.GOLDEN.resolve("nano-f32").toString();

  @TempDir Path folder;

  @Test
  void aBundleRunsAsItsCheckpointDoesAndIsVerified() {
    String bundle = export();
    assertThat(generate(bundle)).isEqualTo(generate(NANO)).isNotEmpty();
    assertThat(Run.of("verify", "--model", bundle).text()).endsWith("bundle is intact\n");
    assertThat(Run.of("verify", "--model", NANO).text()).endsWith(" is intact\n");
    assertThat(Run.of("inspect", "--model", bundle).text()).contains("262,976");
  }

  @Test
  void aFlippedByteIsFound() throws IOException {
    String bundle = export();
    try (var weights = new RandomAccessFile(bundle + "/weights.bin", "rw")) {
      weights.seek(weights.length() / 2);
      int before = weights.read();
      weights.seek(weights.length() / 2);
      weights.write(before ^ 1);
    }
    Run run = Run.of("verify", "--model", bundle);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).singleElement().asString().contains("weights.bin");
  }

  @Test
  void anExistingTargetIsLeftAlone() {
    Run run = Run.of("export", "--model", NANO, "--out", folder.toString());
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.err()).contains("exists");
    assertThat(folder).isEmptyDirectory();
  }

  private String export() {
    String bundle = folder.resolve("bundle").toString();
    Run run = Run.of("export", "--model", NANO, "--out", bundle, "--precision", "fp32");
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.err()).contains("of disk").contains("wrote " + Path.of(bundle));
    return bundle;
  }

  private static String generate(String model) {
    return Run.of("generate", "--model", model, "--ids", "1,2,3", "-n", "8", "--print-ids").text();
  }
}
