package dev.dbrx4j.checkpoint;

import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/// A part of a model that a thread of its own loads while the caller loads another.
///
/// @param <T> what is loaded
public final class Ahead<T> implements AutoCloseable {
  private final FutureTask<T> task;

  private Ahead(FutureTask<T> task) {
    this.task = task;
  }

  /// Starts loading.
  ///
  /// @param <T> what is loaded
  /// @param name what the thread is called
  /// @param load loads it
  /// @return from where it is taken; to be closed
  public static <T> Ahead<T> start(String name, Supplier<T> load) {
    FutureTask<T> task = new FutureTask<>(load::get);
    Thread.ofPlatform().daemon().name(name).start(task);
    return new Ahead<>(task);
  }

  /// Waits until it is loaded; an interrupt is kept for later.
  ///
  /// @return what was loaded
  /// @throws RuntimeException what ended the loading
  public T get() {
    try {
      return await();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) Objects.requireNonNull(e.getCause()); // a Supplier throws no other
    }
  }

  /// Waits until the thread is done, so that nothing goes on behind the caller's back.
  @Override
  public void close() {
    try {
      await();
    } catch (ExecutionException e) {
      // Whoever needed it has been told, or failed before.
    }
  }

  private T await() throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
