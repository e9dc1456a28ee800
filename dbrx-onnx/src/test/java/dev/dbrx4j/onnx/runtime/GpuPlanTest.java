package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.DbrxConfig.Activation;
import dev.dbrx4j.InvalidRequestException;
import dev.dbrx4j.Precision;
import dev.dbrx4j.Precision.WeightType;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.runtime.GpuPlan.Gpu;
import dev.dbrx4j.onnx.runtime.GpuPlan.Part;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GpuPlanTest {
  private static final DbrxConfig DBRX =
      new DbrxConfig(
          6144, 48, 8, 40, 32768, 100352, 8f, 500_000, 10752, 16, 4, 1f, Activation.SILU);
  private static final long GB = 1_000_000_000;

  private static GpuPlan.Demand demand(Precision precision, int slots, int context) {
    return new GpuPlan.Demand(DBRX, precision, slots, context, 2048);
  }

  @Test
  void int4FitsOnOneGpuOf141GigabytesAndInt8OnTwo() {
    GpuPlan one = GpuPlan.of(demand(Precision.INT4, 4, 4096), List.of(new Gpu("a", 141 * GB)));
    assertThat(one.fits()).isTrue();
    assertThat(one.parts().getFirst().cacheBytes()).isEqualTo(4L * 4096 * 160 * 1024);
    assertThat(one.parts().getFirst().weightBytes()).isBetween(70 * GB, 80 * GB);

    GpuPlan.Demand int8 = demand(Precision.INT8, 4, 4096);
    assertThat(GpuPlan.of(int8, List.of(new Gpu("a", 141 * GB))).fits()).isFalse();
    List<Gpu> two = List.of(new Gpu("a", 141 * GB), new Gpu("b", 141 * GB));
    assertThat(GpuPlan.of(int8, two).fits()).isTrue();
  }

  @Test
  void denseMatricesInSixteenBitsTakeTheirPlace() {
    LayerRange all = LayerRange.all(DBRX);
    long d = 6144;
    long attention = 40 * (8192 * d + d * d);
    long vocabulary = 100_352 * d;
    long int4 = demand(Precision.INT4, 1, 1).weightBytes(all);
    GpuPlan.Demand bf16 = demand(Precision.INT4.withDense(WeightType.BF16), 1, 1);

    assertThat(bf16.weightBytes(all) - int4)
        .isEqualTo(
            attention * 2 - attention * 9 / 16 + 2 * (vocabulary * 2 - vocabulary * 17 / 16));
    assertThat(demand(Precision.INT4.withAttention(WeightType.FP32), 1, 1).weightBytes(all))
        .as("floats are multiplied in 16 bits")
        .isEqualTo(demand(Precision.INT4.withAttention(WeightType.BF16), 1, 1).weightBytes(all));
    assertThat(bf16.stepBytes(1, 0)).isGreaterThan(demand(Precision.INT4, 1, 1).stepBytes(1, 0));
    GpuPlan plan = GpuPlan.of(bf16, List.of(new Gpu("a", 82 * GB)));
    assertThat(GpuPlan.of(demand(Precision.INT4, 1, 1), List.of(new Gpu("a", 82 * GB))).fits())
        .isTrue();
    assertThat(plan.fits()).isFalse();
  }

  @Test
  void everyLayerGoesToOneGpuAndTheFullestIsAsLittleFullAsCanBe() {
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      List<Gpu> gpus =
          random
              .longs(1 + random.nextInt(6), 20 * GB, 141 * GB)
              .mapToObj(free -> new Gpu("gpu", free))
              .toList();
      GpuPlan.Demand demand = demand(Precision.INT4, 1 + random.nextInt(64), 4096);
      GpuPlan plan = GpuPlan.of(demand, gpus);
      int next = 0;
      for (Part part : plan.parts()) {
        assertThat(part.layers().first()).isEqualTo(next);
        assertThat(part.layers().count()).isPositive();
        next = part.layers().end();
      }
      assertThat(next).isEqualTo(40);
      assertThat(fullest(plan)).isLessThanOrEqualTo(fullest(even(demand, gpus)) + 1e-6);
    }
  }

  private static double fullest(GpuPlan plan) {
    return plan.parts().stream()
        .mapToDouble(part -> (double) part.neededBytes() / part.freeBytes())
        .max()
        .orElseThrow();
  }

  private static GpuPlan even(GpuPlan.Demand demand, List<Gpu> gpus) {
    int count = gpus.size();
    return new GpuPlan(
        java.util.stream.IntStream.range(0, count)
            .mapToObj(
                g -> demand.part(gpus.get(g), new LayerRange(40 * g / count, 40 * (g + 1) / count)))
            .toList());
  }

  @Test
  void refusalHasTheNumbersAndWhatToDo() {
    GpuPlan.Demand demand = demand(Precision.INT4, 64, 32768);
    GpuPlan plan = GpuPlan.of(demand, List.of(new Gpu("GPU 0, imaginary", 80 * GB)));

    assertThatThrownBy(() -> plan.require(demand))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("GPU 0, imaginary, layers 0 to 39: weights 7")
        .hasMessageContaining("KV cache 343.60 GB")
        .hasMessageContaining("of 80.00 GB free: too little")
        .hasMessageContaining("fewer slots than 64")
        .hasMessageContaining("contextLength shorter than 32768")
        .hasMessageContaining("lower precision than int4, or more GPUs");
  }

  @Test
  void moreGpusThanLayersAreRefused() {
    List<Gpu> gpus = java.util.Collections.nCopies(41, new Gpu("gpu", 80 * GB));

    assertThatThrownBy(() -> GpuPlan.of(demand(Precision.INT4, 1, 1024), gpus))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("41 GPUs for 40 layers");
  }
}
