package dev.dbrx4j.engine;

import dev.dbrx4j.DbrxException;
import dev.dbrx4j.ModelClosedException;
import dev.dbrx4j.NativeRuntimeException;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// What others want done on the engine's thread, between two steps.
final class EngineTasks {
  private final Queue<FutureTask<?>> tasks = new ConcurrentLinkedQueue<>();

  <T> FutureTask<T> add(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    tasks.add(task);
    return task;
  }

  /// Does everything that was added.
  void run() {
    for (FutureTask<?> task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /// Lets everybody know that nothing more is done.
  void cancel() {
    tasks.forEach(task -> task.cancel(false));
  }

  /// Waits for a task, which does not take long, even if the thread is interrupted.
  ///
  /// @throws ModelClosedException if it was cancelled
  static <T> T join(FutureTask<T> task) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (CancellationException e) {
      throw closed();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof DbrxException known
          ? known
          : new NativeRuntimeException("the KV cache cannot be copied", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static ModelClosedException closed() {
    return new ModelClosedException("the model is closed");
  }
}
