package dev.dbrx4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.Precision.WeightType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrecisionTest {
  @ParameterizedTest
  @ValueSource(ints = {-32, 0, 16, 48, 256})
  void refusesBlocksThatNoKernelHas(int block) {
    assertThatThrownBy(() -> Precision.INT4.withBlock(block))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("option block is " + block + ", allowed: 32, 64, 128");
  }

  @Test
  void expertsAreNeverBfloat16() {
    assertThatThrownBy(() -> Precision.of(WeightType.BF16))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("option precision is bf16, allowed: fp32, int8, int4");
    assertThat(Precision.INT4.withDense(WeightType.BF16))
        .hasToString("int4 (attention bf16, lm_head bf16, embedding bf16, blocks of 32)");
  }

  @Test
  void fourBitsKeepEightForWhatIsReadOnceAToken() {
    assertThat(Precision.INT4.lmHead()).isEqualTo(WeightType.INT8);
    assertThat(Precision.INT4.embedding()).isEqualTo(WeightType.INT8);
    assertThat(Precision.of(WeightType.FP32)).isEqualTo(Precision.FP32);
  }

  @Test
  void tellsAllThatDistinguishesIt() {
    assertThat(Precision.INT4.withBlock(64).withLmHead(WeightType.INT4))
        .hasToString("int4 (lm_head int4, embedding int8, blocks of 64)");
  }
}
