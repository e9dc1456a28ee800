package dev.dbrx4j.onnx.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Threads that help the calling thread with one task after another. Between tasks they spin for a
/// moment, since within a pass the next one comes microseconds later, and then sleep, so that an
/// idle model takes no core. Nobody waits for a thread that has taken nothing: where the system
/// runs something else instead, the others do its part.
final class WorkerPool implements AutoCloseable {
  private static final long SPIN_NANOS = 300_000;
  private static final int SPINS_BETWEEN_LOOKS = 100;

  /// Does one chunk of a task.
  interface Chunk {
    /// Does a chunk.
    ///
    /// @param index its number
    /// @param worker number of the thread that does it
    void run(int index, int worker);
  }

  private static final class Task {
    private final Chunk chunk;
    private final int count;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile @Nullable Throwable failure;

    Task(int count, Chunk chunk) {
      this.count = count;
      this.chunk = chunk;
    }

    void take(int worker) {
      for (int i = taken.getAndIncrement(); i < count; i = taken.getAndIncrement()) {
        try {
          chunk.run(i, worker);
        } catch (Throwable e) {
          failure = e;
        } finally {
          done.getAndIncrement();
        }
      }
    }

    void awaitDone() {
      while (done.get() < count) {
        Thread.onSpinWait();
      }
      if (failure != null) {
        throw new IllegalStateException("a kernel's thread failed", failure);
      }
    }
  }

  private final Worker[] workers;
  private volatile Task task = new Task(0, (index, worker) -> {});
  private volatile boolean closed;

  /// Starts the threads.
  ///
  /// @param threads how many work on a task, the calling one included
  WorkerPool(int threads) {
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1, task);
    }
    for (Worker worker : workers) {
      worker.start();
    }
  }

  /// Does all chunks of a task, on all threads. One thread at a time may call this.
  void run(int count, Chunk chunk) {
    Task next = new Task(count, chunk);
    if (count > 1) {
      task = next;
      for (Worker worker : workers) {
        worker.wake();
      }
    }
    next.take(0);
    next.awaitDone();
  }

  /// Ends the threads. No task may be under way.
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      worker.wake();
    }
  }

  private final class Worker extends Thread {
    private final int number;
    private Task seen;
    private volatile boolean asleep;

    Worker(int number, Task seen) {
      super("dbrx-kernel-" + number);
      this.number = number;
      this.seen = seen;
      setDaemon(true);
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      while (awaitTask()) {
        seen.take(number);
      }
    }

    /// Waits for another task.
    ///
    /// @return false if the pool was closed instead
    private boolean awaitTask() {
      long start = System.nanoTime();
      for (int spins = 1; task == seen && !closed; spins++) {
        Thread.onSpinWait();
        if (spins % SPINS_BETWEEN_LOOKS == 0 && System.nanoTime() - start > SPIN_NANOS) {
          asleep = true;
          while (task == seen && !closed) {
            LockSupport.park(WorkerPool.this);
          }
          asleep = false;
        }
      }
      seen = task;
      return !closed;
    }
  }
}
