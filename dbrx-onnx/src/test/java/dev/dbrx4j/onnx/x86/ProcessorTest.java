package dev.dbrx4j.onnx.x86;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorTest {
  @Test
  void namesWhatIsMissing() {
    assertThat(Processor.missing(List.of("flags\t\t: sse4_2 avx avx2 fma"))).isEmpty();
    assertThat(Processor.missing(List.of("model : avx2 fma", "flags\t\t: avx avx512f fma4")))
        .isEqualTo("avx2 fma");
    assertThat(Processor.missing(List.of("flags\t\t: fma sse2"))).isEqualTo("avx2");
    assertThat(Processor.missing(List.of())).isEqualTo("avx2 fma");
  }
}
