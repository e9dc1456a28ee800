package dev.dbrx4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  @Test
  void cudaFailsWhereItIsNotThereUnlessToldOtherwise() {
    assertThat(Device.cuda(0, 1).fallback()).isFalse();
    assertThat(Device.cuda(0, 1).orCpu().fallback()).isTrue();
    assertThat(Device.cuda(0, 1).withGraphs(false).orCpu().ids()).containsExactly(0, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "0,0", "1,2,1"})
  void impossibleGpusAreRefused(String ids) {
    int[] numbers =
        java.util.Arrays.stream(ids.split(","))
            .filter(id -> !id.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();

    assertThatThrownBy(() -> Device.cuda(numbers))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("option device");
  }
}
