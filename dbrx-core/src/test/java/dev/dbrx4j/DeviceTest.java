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

  @Test
  void devicesAreReadFromText() {
    assertThat(Device.parse("cpu")).isEqualTo(Device.cpu());
    assertThat(Device.parse("cuda")).isEqualTo(Device.cuda(0));
    assertThat(Device.parse("cuda:1,0")).isEqualTo(Device.cuda(1, 0));
    for (String wrong : new String[] {"", "gpu", "cuda:", "cuda:x", "cuda:0,", "cuda:99999"}) {
      assertThatThrownBy(() -> Device.parse(wrong))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("allowed: cpu, cuda");
    }
  }
}
