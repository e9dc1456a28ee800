package dev.dbrx4j.onnx.runtime;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Takes pieces of work through stages one after another, several at once: while the second stage
/// has one, the first has the next. A stage has one piece at a time, in the order in which they
/// were sent. After a failure nothing more is begun, and whoever waits hears of it only when no
/// stage is at work any more.
///
/// A piece is sent on a lane, which is free again once it was waited for. For use by one thread.
final class Flow {
  private static final CompletableFuture<?> START = CompletableFuture.allOf();

  private final Executor[] stages;
  private final @Nullable CompletableFuture<?>[] underWay;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  /// A piece of work.
  interface Work {
    /// Does what one stage has to do. All that the stages before did to it is visible.
    ///
    /// @param stage which, from 0
    void run(int stage);
  }

  /// @param stages where each does its part, in their order
  /// @param lanes pieces that can be under way at once
  Flow(List<Executor> stages, int lanes) {
    this.stages = stages.toArray(Executor[]::new);
    underWay = new @Nullable CompletableFuture<?>[lanes];
  }

  /// {@return pieces that can be under way at once}
  int lanes() {
    return underWay.length;
  }

  /// Sends a piece of work on a free lane. A single stage on the caller's own thread does it at
  /// once.
  void send(int lane, Work work) {
    if (stages.length == 1 && stages[0].equals(Stage.HERE)) {
      work.run(0);
      return;
    }
    CompletableFuture<?> way = START;
    for (int i = 0; i < stages.length; i++) {
      int stage = i;
      way = way.thenRunAsync(() -> doPart(work, stage), stages[stage]);
    }
    underWay[lane] = way;
  }

  private void doPart(Work work, int stage) {
    if (failure.get() == null) {
      try {
        work.run(stage);
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      }
    }
  }

  /// Waits until a lane is free.
  ///
  /// @throws RuntimeException what failed first, on any lane; then all are free
  void await(int lane) {
    CompletableFuture<?> way = underWay[lane];
    underWay[lane] = null;
    if (way != null) {
      way.join();
    }
    if (failure.get() != null) {
      awaitAll();
    }
  }

  /// Waits until all lanes are free.
  ///
  /// @throws RuntimeException what failed first, on any of them
  void awaitAll() {
    for (int lane = 0; lane < underWay.length; lane++) {
      CompletableFuture<?> way = underWay[lane];
      underWay[lane] = null;
      if (way != null) {
        way.join();
      }
    }
    Throwable first = failure.getAndSet(null);
    if (first instanceof Error e) {
      throw e;
    }
    if (first instanceof RuntimeException e) {
      throw e;
    }
  }
}
