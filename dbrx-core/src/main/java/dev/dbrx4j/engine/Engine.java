package dev.dbrx4j.engine;

import dev.dbrx4j.ModelClosedException;
import dev.dbrx4j.ModelListener;
import dev.dbrx4j.ModelStats;
import dev.dbrx4j.QueueFullException;
import dev.dbrx4j.spi.ModelRunner;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A model at work: the thread that runs the loop, and the doors for everybody else.
///
/// Closing refuses new requests, ends the pass under way, and waits for the thread, which answers
/// everybody and frees the model. It happens at the latest when the JVM shuts down, so that native
/// memory is never freed under a running pass.
public final class Engine implements AutoCloseable, Generation.Signals {
  private static final long RETRY_MILLIS = 20;

  private final ModelRunner runner;
  private final Vocabulary vocabulary;
  private final EngineLoop loop;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("dbrx4j-engine").unstarted(this::work);
  private final Thread shutdownHook = new Thread(this::close, "dbrx4j-shutdown");
  private final ScheduledThreadPoolExecutor alarms =
      new ScheduledThreadPoolExecutor(
          1,
          Thread.ofPlatform().daemon().name("dbrx4j-alarms").factory(),
          new ThreadPoolExecutor.DiscardPolicy());
  private volatile boolean closing;

  private Engine(ModelRunner runner, Vocabulary vocabulary, EngineLimits limits) {
    this.runner = runner;
    this.vocabulary = vocabulary;
    this.loop = new EngineLoop(runner, limits, System::nanoTime);
    alarms.setRemoveOnCancelPolicy(true);
  }

  /// Starts an engine.
  ///
  /// @param runner the model, which the engine closes
  /// @param vocabulary what its tokens mean
  /// @param limits how much it takes on
  /// @return the engine
  public static Engine start(ModelRunner runner, Vocabulary vocabulary, EngineLimits limits) {
    Engine engine = new Engine(runner, vocabulary, limits);
    Runtime.getRuntime().addShutdownHook(engine.shutdownHook);
    engine.thread.start();
    return engine;
  }

  /// {@return the longest sequence it can hold, in tokens}
  public int maxContext() {
    return runner.maxContext();
  }

  /// {@return what it has done so far}
  public ModelStats stats() {
    return loop.stats();
  }

  /// Tells somebody about events.
  ///
  /// @param listener called on a thread of its own
  public void addListener(ModelListener listener) {
    loop.telemetry().events().add(listener);
  }

  /// Stops telling somebody.
  ///
  /// @param listener one that was added
  public void removeListener(ModelListener listener) {
    loop.telemetry().events().remove(listener);
  }

  /// Hands in a request.
  ///
  /// @param request what to generate
  /// @return where its output arrives
  /// @throws QueueFullException if too many requests wait already
  /// @throws ModelClosedException if the engine was closed
  public Generation submit(Request request) {
    Generation generation = enqueue(request);
    wake();
    if (request.timeoutNanos() != Long.MAX_VALUE) {
      generation.setAlarm(
          alarms.schedule(() -> ended(generation), request.timeoutNanos(), TimeUnit.NANOSECONDS));
    }
    return generation;
  }

  private synchronized Generation enqueue(Request request) {
    if (closing) {
      throw new ModelClosedException("the model is closed");
    }
    return loop.submit(request, vocabulary, this);
  }

  private void work() {
    try {
      while (!closing) {
        if (!loop.step()) {
          LockSupport.park(this);
        }
      }
      loop.abandon(() -> new ModelClosedException("the model was closed before the request ended"));
    } catch (RuntimeException | Error defect) {
      refuseNewRequests();
      loop.abandon(() -> new ModelClosedException("a defect ended the engine: " + defect, defect));
      throw defect;
    } finally {
      alarms.shutdownNow();
      loop.telemetry().events().close();
      runner.close();
    }
  }

  @Override
  public void wake() {
    LockSupport.unpark(thread);
  }

  @Override
  public void ended(Generation generation) {
    wake();
    // A pass that is just about to start does not notice; so look again.
    if (loop.terminatePassOf(generation)) {
      var _ = alarms.schedule(() -> ended(generation), RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void refuseNewRequests() {
    closing = true;
  }

  /// {@return whether it was closed}
  public boolean isClosed() {
    return closing;
  }

  /// Ends everything that runs and waits until the model is freed. From any thread, any number of
  /// times; on the engine's own thread, from where it cannot wait, it only starts that.
  @Override
  public void close() {
    refuseNewRequests();
    wake();
    if (!Thread.currentThread().equals(thread)) {
      join();
      removeShutdownHook();
    }
  }

  private void join() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      runner.terminate();
      try {
        thread.join(RETRY_MILLIS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void removeShutdownHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // The JVM is shutting down: this may be the hook itself.
    }
  }
}
