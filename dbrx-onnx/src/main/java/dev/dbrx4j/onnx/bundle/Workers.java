package dev.dbrx4j.onnx.bundle;

import dev.dbrx4j.ModelIoException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/// Does the same to many items on a few threads.
public final class Workers {
  private Workers() {}

  /// Calls an action for each item, in order of the list but several at a time. The first failure
  /// or an interrupt of the calling thread ends the rest.
  ///
  /// @param <T> type of the items
  /// @param task what is done, for messages
  /// @param threads how many work at once
  /// @param items what to work on
  /// @param action what to do; interrupted when the rest ends
  /// @throws ModelIoException if the calling thread is interrupted
  public static <T> void forEach(String task, int threads, List<T> items, Consumer<T> action) {
    try (ExecutorService pool = Executors.newFixedThreadPool(threads, Workers::thread)) {
      try {
        CompletionService<Void> done = new ExecutorCompletionService<>(pool);
        items.forEach(item -> done.submit(() -> action.accept(item), null));
        for (int i = 0; i < items.size(); i++) {
          done.take().get();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ModelIoException("interrupted while " + task, e);
      } catch (ExecutionException e) {
        throw unwrapped(Objects.requireNonNull(e.getCause()));
      } finally {
        pool.shutdownNow();
      }
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "dbrx-files");
    thread.setDaemon(true);
    return thread;
  }

  private static RuntimeException unwrapped(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return (RuntimeException) failure; // a Consumer throws no checked exception
  }
}
