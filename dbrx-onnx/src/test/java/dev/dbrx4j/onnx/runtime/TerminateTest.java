package dev.dbrx4j.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbrx4j.ModelClosedException;
import dev.dbrx4j.spi.LogitsRows;
import dev.dbrx4j.spi.RunTerminatedException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A pass long enough to be ended in its middle.
class TerminateTest {
  private static final int[] LONG_PROMPT =
      TestModels.randomTokens(TestModels.LARGE, TestModels.LONG_PASS_TOKENS, 1);

  private OnnxModelRunner runner;

  @BeforeEach
  void open() {
    runner = TestModels.open(TestModels.LARGE, 2, TestModels.LONG_PASS_TOKENS);
  }

  @AfterEach
  void close() {
    runner.close();
  }

  @Test
  void endsThePassAndLeavesTheRunnerUsable() {
    int[] prompt = {1, 2, 3};
    float[] before = logits(prompt);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> runWhile(runner::terminate))
          .isInstanceOf(RunTerminatedException.class);
      assertThat(logits(prompt)).isEqualTo(before);
    }
  }

  @Test
  void doesNothingToLaterPasses() {
    runner.terminate();
    float[] before = logits(1, 2, 3);
    runner.terminate();
    assertThat(logits(1, 2, 3)).isEqualTo(before);
  }

  @Test
  void leavesWhatStoodBeforeIntact() {
    float[] expected = logits(1, 2, 3, 4);
    runner.prefill(0, new int[] {1, 2, 3}, 0, LogitsRows.NONE);
    int[] more = java.util.Arrays.copyOf(LONG_PROMPT, LONG_PROMPT.length - 3);

    assertThatThrownBy(() -> runWhile(runner::terminate, more, 3))
        .isInstanceOf(RunTerminatedException.class);

    runner.copySlot(0, 1, 3);
    float[] after =
        Difference.floats(runner.decode(new int[] {1}, new int[] {4}, new int[] {3}).data());
    Difference difference = new Difference();
    difference.add("logits", after, expected);
    difference.assertBelow(5e-5);
  }

  @Test
  void closingEndsThePassAndWaitsForIt() {
    assertThatThrownBy(() -> runWhile(runner::close)).isInstanceOf(RunTerminatedException.class);
    assertThatThrownBy(() -> logits(1)).isInstanceOf(ModelClosedException.class);
  }

  @Test
  void secondThreadIsRefused() {
    runWhile(() -> {
      assertThatThrownBy(() -> logits(1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("a runner serves one thread");
    });
  }

  /// Runs a long pass, and something else on another thread at some moment of it.
  private void runWhile(Runnable action) {
    runWhile(action, LONG_PROMPT, 0);
  }

  private void runWhile(Runnable action, int[] prompt, int position) {
    CountDownLatch started = new CountDownLatch(1);
    long delayNanos = new Random().nextLong(20_000_000, 150_000_000);
    CompletableFuture<Void> other =
        CompletableFuture.runAsync(() -> {
          started.countDown();
          LockSupport.parkNanos(delayNanos);
          action.run();
        });
    try {
      started.await();
      runner.prefill(0, prompt, position, LogitsRows.LAST);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      other.join();
    }
  }

  private float[] logits(int... prompt) {
    return Difference.floats(runner.prefill(1, prompt, 0, LogitsRows.LAST).data());
  }
}
