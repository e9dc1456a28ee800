package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.onnx.graph.LayerRange;
import dev.dbrx4j.onnx.ort.ElementType;
import dev.dbrx4j.spi.LogitsRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunnerMemoryTest {
  /// Until the virtual machine has compiled the call into native code, it makes one small object a
  /// call; after some thousand steps it is none.
  private static final int ONE_OBJECT_BYTES = 64;

  @Test
  void decodeStepAllocatesNoMoreThanItsNativeCall() {
    try (OnnxModelRunner runner = TestModels.open(TestModels.SMALL, 4, 512)) {
      long fourSlots = bytesPerStep(runner, 0, 1, 2, 3);
      long oneSlot = bytesPerStep(runner, 2);
      System.out.printf("[measured] bytes a decode step: %d, %d%n", fourSlots, oneSlot);
      assertThat(fourSlots).isLessThan(ONE_OBJECT_BYTES);
      assertThat(oneSlot).isLessThan(ONE_OBJECT_BYTES);
    }
  }

  /// Decodes 200 steps once to warm up and again to measure.
  private static long bytesPerStep(OnnxModelRunner runner, int... slots) {
    int steps = 200;
    int[] tokens = new int[slots.length];
    int[] positions = new int[slots.length];
    long before = 0;
    for (int step = 0; step < 2 * steps; step++) {
      if (step == steps) {
        before = allocatedBytes();
      }
      java.util.Arrays.fill(positions, step);
      runner.decode(slots, tokens, positions);
    }
    return (allocatedBytes() - before) / steps;
  }

  /// `ThreadMXBean.getCurrentThreadAllocatedBytes()`, without the module's reading another for it.
  private static long allocatedBytes() {
    try {
      Object threads =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      return (long)
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes")
              .invoke(threads);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }

  @Test
  void cacheTakesMemoryAsItFills() throws IOException {
    DbrxConfig config = TestModels.LARGE;
    int slots = 64;
    long planned =
        KvCache.bytes(config, LayerRange.all(config), ElementType.FLOAT, slots, config.maxSeqLen());
    long before = residentBytes();
    try (OnnxModelRunner runner = TestModels.open(config, slots, config.maxSeqLen())) {
      IntStream.range(0, slots)
          .forEach(slot -> runner.prefill(slot, new int[] {1, 2, 3}, 0, LogitsRows.NONE));
      assertThat(planned)
          .isEqualTo(2L * 4 * 64 * 2 * 8192 * 64 * 4)
          .isGreaterThanOrEqualTo(2L << 30);
      assertThat(residentBytes() - before).isLessThan(planned / 4);
    }
  }

  private static long residentBytes() throws IOException {
    Path statistics = Path.of("/proc/self/statm");
    assumeTrue(Files.exists(statistics));
    long pages = Long.parseLong(Files.readString(statistics).split(" ", 3)[1]);
    return pages * 4096;
  }
}
