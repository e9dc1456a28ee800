package dev.dbrx4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.ProgressListener.Progress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  @Test
  void itTellsTheRateAndTheTimeLeft() {
    long gib = 1L << 30;
    var progress =
        new Progress("exporting", "lm_head", 30 * gib, 100 * gib, 10 * gib, Duration.ofSeconds(40));
    assertThat(ProgressLine.text(progress))
        .isEqualTo("exporting 30% 30.0 GiB of 100.0 GiB, 512.0 MiB/s, 2:20 left  lm_head");
  }

  @Test
  void atTheStartThereIsNoRateYet() {
    var progress = new Progress("exporting", "wte", 0, 0, 0, Duration.ZERO);
    assertThat(ProgressLine.text(progress)).isEqualTo("exporting 0% 0 B of 0 B  wte");
  }
}
