package dev.dbrx4j.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbrx4j.DbrxConfig;
import org.junit.jupiter.api.Test;

class InspectCommandTest {
  private static final DbrxConfig DBRX =
      new DbrxConfig(
          6144,
          48,
          8,
          40,
          32768,
          100352,
          8f,
          500_000,
          10752,
          16,
          4,
          1f,
          DbrxConfig.Activation.SILU);

  @Test
  void sizesOfDbrxAreThePublishedOnes() {
    ModelSize size = new ModelSize(DBRX);
    assertThat(size.parameters()).isEqualTo(131_596_523_520L);
    assertThat(size.activeParameters()).isEqualTo(36_469_708_800L);
    assertThat(size.kvCacheBytes(1)).isEqualTo(320 << 10);
  }

  @Test
  void aCheckpointIsTold() {
    Run run = Run.of("inspect", "--model", Run.TINY, "--context-length", "1024");
    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.text())
        .containsPattern("experts +16 of width 96")
        .containsPattern("parameters +28,255,360\n")
        .containsPattern("checkpoint +53\\.9 MiB")
        .containsPattern("KV cache +2\\.0 KiB a token")
        .containsPattern("KV cache +2\\.0 MiB for a sequence of 1,024 tokens");
  }

  @Test
  void parametersAreCountedAsTheReferenceCountsThem() {
    assertThat(Run.of("inspect", "--model=" + Run.GOLDEN.resolve("nano-f32")).text())
        .containsPattern("parameters +262,976\n");
  }

  @Test
  void gpusArePlannedFor() {
    Run run = Run.of("inspect", "--model=" + Run.GOLDEN.resolve("nano-f32"), "--gpus=80,141");

    assertThat(run.exit()).as(run.err()).isZero();
    assertThat(run.text()).containsPattern("on GPUs +int4 .*4 sequences of [\\d,]+ tokens");
    assertThat(run.text()).contains("cannot run on GPUs: d_model 64 and ffn_hidden_size 112");
  }

  @Test
  void deviceThatIsNoneIsWrongUsage() {
    Run run = Run.of("generate", "--device=toaster", "x");

    assertThat(run.exit()).isNotZero();
    assertThat(run.err()).contains("toaster").contains("allowed: cpu, cuda");
  }
}
