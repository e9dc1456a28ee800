package dev.dbrx4j.onnx.ort;

import dev.dbrx4j.NativeRuntimeException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/// Lets native work come to its end when the JVM exits meanwhile. At exit the library's static
/// objects are destroyed, under whichever thread is still in it: that ended a process that was
/// interrupted while it loaded a model with SIGSEGV.
final class ExitGuard {
  /// The process is gone long before, unless somebody's shutdown hook waits for this thread.
  private static final Duration LONGER_THAN_AN_EXIT = Duration.ofSeconds(10);

  private ExitGuard() {}

  /// Does something that the exit waits for.
  ///
  /// @throws NativeRuntimeException if the JVM shuts down
  static <T> T call(Supplier<T> work) {
    CountDownLatch done = new CountDownLatch(1);
    Thread hook = new Thread(() -> await(done), "dbrx4j-loading");
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      throw new NativeRuntimeException("the JVM is shutting down", e);
    }
    try {
      return work.get();
    } finally {
      done.countDown();
      remove(hook);
    }
  }

  private static void await(CountDownLatch done) {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      stayOutOfTheWay();
      throw new NativeRuntimeException("the JVM is shutting down", e);
    }
  }

  /// This thread must not call the library again while the process ends.
  private static void stayOutOfTheWay() {
    try {
      Thread.sleep(LONGER_THAN_AN_EXIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
