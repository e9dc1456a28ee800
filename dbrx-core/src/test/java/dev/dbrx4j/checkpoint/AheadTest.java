package dev.dbrx4j.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AheadTest {
  @Test
  void loadsWhileTheCallerGoesOn() {
    CountDownLatch callerWentOn = new CountDownLatch(1);
    try (Ahead<String> ahead = Ahead.start("test", () -> await(callerWentOn))) {
      callerWentOn.countDown();
      assertThat(ahead.get()).isEqualTo("loaded");
    }
  }

  @Test
  void failsWhereTheResultIsTaken() {
    try (Ahead<String> ahead =
        Ahead.start(
            "test",
            () -> {
              throw new IllegalStateException("broken");
            })) {
      assertThatThrownBy(ahead::get).isInstanceOf(IllegalStateException.class).hasMessage("broken");
    }
    try (Ahead<String> ahead =
        Ahead.start(
            "test",
            () -> {
              throw new AssertionError("very broken");
            })) {
      assertThatThrownBy(ahead::get).isInstanceOf(AssertionError.class).hasMessage("very broken");
    }
  }

  @Test
  void nothingGoesOnAfterClose() {
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch closing = new CountDownLatch(1);
    try (Ahead<String> _ =
        Ahead.start(
            "test",
            () -> {
              await(closing);
              done.set(true);
              throw new IllegalStateException("which nobody wanted to know");
            })) {
      closing.countDown();
    }
    assertThat(done).isTrue();
  }

  @Test
  void keepsAnInterruptForLater() {
    CountDownLatch callerWaits = new CountDownLatch(1);
    try (Ahead<String> ahead = Ahead.start("test", () -> await(callerWaits))) {
      Thread.currentThread().interrupt();
      callerWaits.countDown();
      assertThat(ahead.get()).isEqualTo("loaded");
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static String await(CountDownLatch latch) {
    try {
      latch.await();
      return "loaded";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
