package dev.dbrx4j.onnx.kernel;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Threads that help the calling thread with one task after another. Between tasks they spin for a
/// moment, since within a pass the next one comes microseconds later, and then sleep, so that an
/// idle model takes no core.
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

  private final Worker[] workers;
  private final AtomicInteger nextChunk = new AtomicInteger();
  private final AtomicInteger atWork = new AtomicInteger();
  private Chunk task = (index, worker) -> {};
  private int chunks;
  private final AtomicInteger round = new AtomicInteger();
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;

  /// Starts the threads.
  ///
  /// @param threads how many work on a task, the calling one included
  WorkerPool(int threads) {
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
    }
    for (Worker worker : workers) {
      worker.start();
    }
  }

  /// {@return how many threads work on a task}
  int threads() {
    return workers.length + 1;
  }

  /// Does all chunks of a task, on all threads. One thread at a time may call this.
  void run(int count, Chunk chunk) {
    task = chunk;
    chunks = count;
    nextChunk.set(0);
    if (workers.length == 0 || count <= 1) {
      takeChunks(0);
      return;
    }
    atWork.set(workers.length);
    round.incrementAndGet(); // what was written before is visible to who sees this
    for (Worker worker : workers) {
      worker.wake();
    }
    try {
      takeChunks(0);
    } finally {
      while (atWork.get() > 0) {
        Thread.onSpinWait();
      }
    }
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
      throw new IllegalStateException("a kernel's thread failed", thrown);
    }
  }

  private void takeChunks(int worker) {
    for (int i = nextChunk.getAndIncrement(); i < chunks; i = nextChunk.getAndIncrement()) {
      task.run(i, worker);
    }
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
    private volatile boolean asleep;

    Worker(int number) {
      super("dbrx-kernel-" + number);
      this.number = number;
      setDaemon(true);
    }

    void wake() {
      if (asleep) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      int seen = 0;
      while (awaitRound(seen)) {
        seen++;
        try {
          takeChunks(number);
        } catch (Throwable e) {
          failure = e;
        } finally {
          atWork.getAndDecrement();
        }
      }
    }

    /// Waits for the round after `seen`.
    ///
    /// @return false if the pool was closed instead
    private boolean awaitRound(int seen) {
      long start = System.nanoTime();
      for (int spins = 1; round.get() == seen && !closed; spins++) {
        Thread.onSpinWait();
        if (spins % SPINS_BETWEEN_LOOKS == 0 && System.nanoTime() - start > SPIN_NANOS) {
          asleep = true;
          while (round.get() == seen && !closed) {
            LockSupport.park(WorkerPool.this);
          }
          asleep = false;
        }
      }
      return !closed;
    }
  }
}
