package dev.dbrx4j.onnx.ort;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.NativeRuntimeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CudaMemoryTest {
  private final FakeCudaDriver fake = new FakeCudaDriver();
  private final CudaMemory memory = fake.memory();

  @Test
  void deviceMemoryIsZeroedAndFreedWithItsOwner() {
    try (Arena owner = Arena.ofShared()) {
      Buffer buffer = memory.allocate(owner, 1000);
      byte[] content = new byte[1000];
      MemorySegment host = owner.allocate(1000).fill((byte) 1);
      memory.read(buffer, host, 1000);
      MemorySegment.copy(host, JAVA_BYTE, 0, content, 0, 1000);

      assertThat(content).containsOnly(0);
      assertThat(fake.allocatedBytes()).isEqualTo(1000);
      assertThat(memory.room().free()).isEqualTo(FakeCudaDriver.TOTAL_BYTES - 1000);
    }
    assertThat(fake.allocations()).isZero();
  }

  @Test
  void sharedMemoryIsTwoPlacesAndCopiesGoBothWays() {
    try (Arena owner = Arena.ofShared()) {
      SharedBuffer shared = memory.allocateShared(owner, 16);
      shared.host().set(JAVA_LONG, 0, 42);
      shared.upload(8);
      shared.host().set(JAVA_LONG, 0, 0);
      assertThat(shared.device().data().address()).isNotEqualTo(shared.host().address());
      shared.download(0, 8);
      assertThat(shared.host().get(JAVA_LONG, 0)).isEqualTo(42);
      long before = fake.copiedBytes();
      shared.upload(0);
      assertThat(fake.copiedBytes()).isEqualTo(before);
    }
    assertThat(fake.allocations()).isZero();
  }

  @Test
  void hostsSharedMemoryIsOnePlace() {
    try (Arena owner = Arena.ofShared()) {
      SharedBuffer shared = TestRuntime.runtime().hostMemory().allocateShared(owner, 16);

      assertThat(shared.device().data().address()).isEqualTo(shared.host().address());
    }
  }

  @Test
  void exhaustionIsAnErrorThatSaysSo() {
    try (Arena owner = Arena.ofShared()) {
      assertThatThrownBy(() -> memory.allocate(owner, FakeCudaDriver.TOTAL_BYTES + 1))
          .isInstanceOf(NativeRuntimeException.class)
          .hasMessageContaining("out of memory");
    }
    assertThat(fake.allocations()).isZero();
  }

  @Test
  void gpuTellsItsName() {
    assertThat(memory.description()).isEqualTo("NVIDIA Imaginary (compute capability 9.0)");
  }

  @Test
  void gpuThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> fake.driver().context(3))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining("no GPU 3")
        .hasMessageContaining("CUDA_VISIBLE_DEVICES");
  }

  @Test
  void driverWithoutAFunctionIsTooOld() {
    SymbolLookup none = name -> Optional.empty();

    assertThatThrownBy(() -> new CudaDriver(none))
        .isInstanceOf(NativeRuntimeException.class)
        .hasMessageContaining("newer driver");
  }
}
