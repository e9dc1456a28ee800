package dev.dbrx4j.onnx.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {
  /// Pauses let the threads fall asleep at times.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void doesEveryChunkOnceBeforeItReturns(int threads) throws InterruptedException {
    try (WorkerPool pool = new WorkerPool(threads)) {
      for (int round = 0; round < 3000; round++) {
        int count = round % 17;
        AtomicIntegerArray done = new AtomicIntegerArray(17);
        pool.run(count, (index, worker) -> done.addAndGet(index, worker < threads ? 1 : 100));
        for (int i = 0; i < 17; i++) {
          assertThat(done.get(i)).isEqualTo(i < count ? 1 : 0);
        }
        if (round % 1000 == 999) {
          Thread.sleep(2);
        }
      }
    }
  }

  /// With as many chunks as threads that each wait for the others, all must take part.
  @Test
  void usesAllThreads() {
    try (WorkerPool pool = new WorkerPool(3)) {
      CountDownLatch all = new CountDownLatch(3);
      pool.run(
          3,
          (index, worker) -> {
            all.countDown();
            try {
              all.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      assertThat(all.getCount()).isZero();
    }
  }

  @Test
  void tellsOfAFailureAndGoesOn() {
    try (WorkerPool pool = new WorkerPool(2)) {
      IllegalArgumentException thrown = new IllegalArgumentException("chunk 5");
      assertThatThrownBy(() ->
              pool.run(
                  9,
                  (index, worker) -> {
                    if (index == 5) {
                      throw thrown;
                    }
                  }))
          .hasCause(thrown);
      AtomicIntegerArray done = new AtomicIntegerArray(9);
      pool.run(9, (index, worker) -> done.incrementAndGet(index));
      assertThat(done.toString()).isEqualTo("[1, 1, 1, 1, 1, 1, 1, 1, 1]");
    }
  }
}
