package dev.dbrx4j.engine;

import dev.dbrx4j.GenerationResult;
import dev.dbrx4j.TokenChunk;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One request on its way: where the engine's thread hands over what it produced and the caller's
/// thread takes it, parks, or gives up.
///
/// An interrupt of the parked caller cancels the generation; the call then returns what there was,
/// with the interrupt flag set.
public final class Generation {
  /// What a generation tells the engine, from any thread.
  interface Signals {
    /// There is something to do again.
    void wake();

    /// A generation was cancelled or its time is over.
    void ended(Generation generation);
  }

  private final long number;
  private final Request request;
  private final Signals engine;
  private final long submittedNanos;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<TokenChunk> chunks = new ArrayDeque<>();
  private @Nullable GenerationResult result;
  private @Nullable Throwable failure;
  private @Nullable Future<?> alarm;
  private volatile boolean done;
  private volatile boolean cancelled;

  Generation(long number, Request request, Signals engine, long submittedNanos) {
    this.number = number;
    this.request = request;
    this.engine = engine;
    this.submittedNanos = submittedNanos;
  }

  /// Which request it is, counted from 1.
  long number() {
    return number;
  }

  Request request() {
    return request;
  }

  long submittedNanos() {
    return submittedNanos;
  }

  /// Ends the generation as soon as possible; nothing happens if it has ended.
  public void cancel() {
    if (!cancelled && !done) {
      cancelled = true;
      engine.ended(this);
    }
  }

  boolean isCancelled() {
    return cancelled;
  }

  boolean isExpired(long nowNanos) {
    return nowNanos - submittedNanos >= request.timeoutNanos();
  }

  /// Keeps what is to go off when the time is over, until the generation ends.
  void setAlarm(Future<?> future) {
    lock.lock();
    try {
      alarm = future;
      cancelAlarmIfDone();
    } finally {
      lock.unlock();
    }
  }

  private void cancelAlarmIfDone() {
    if (done && alarm != null) {
      alarm.cancel(false);
    }
  }

  /// {@return whether the engine is through with it}
  public boolean isDone() {
    return done;
  }

  /// Takes the next chunk, parking until there is one.
  ///
  /// @return the chunk, or null when the generation has ended and all were taken
  /// @throws RuntimeException what made the generation fail
  public @Nullable TokenChunk next() {
    lock.lock();
    try {
      awaitChunk();
      TokenChunk chunk = chunks.poll();
      if (chunk == null) {
        rethrow();
      } else if (chunks.size() == request.streamCapacity() - 1) {
        engine.wake();
      }
      return chunk;
    } finally {
      lock.unlock();
    }
  }

  private void awaitChunk() {
    boolean interrupted = false;
    while (chunks.isEmpty() && !done) {
      try {
        changed.await();
      } catch (InterruptedException e) {
        interrupted = true;
        cancel();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void rethrow() {
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {}
    }
  }

  /// Parks until the generation has ended; chunks not taken until then are dropped.
  ///
  /// @return the result
  /// @throws RuntimeException what made the generation fail
  public GenerationResult result() {
    TokenChunk unread;
    do {
      unread = next();
    } while (unread != null);
    return Objects.requireNonNull(result);
  }

  /// Whether the reader keeps up; the sequence pauses while not.
  boolean hasRoom() {
    return !request.streams() || unread() < request.streamCapacity();
  }

  /// Chunks that wait for the reader.
  int unread() {
    lock.lock();
    try {
      return chunks.size();
    } finally {
      lock.unlock();
    }
  }

  void deliver(TokenChunk chunk) {
    lock.lock();
    try {
      chunks.add(chunk);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void complete(GenerationResult value) {
    end(value, null);
  }

  void fail(Throwable cause) {
    end(null, cause);
  }

  private void end(@Nullable GenerationResult value, @Nullable Throwable cause) {
    lock.lock();
    try {
      if (done) {
        throw new IllegalStateException("a generation ended twice");
      }
      result = value;
      failure = cause;
      done = true;
      cancelAlarmIfDone();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
