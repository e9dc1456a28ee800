package dev.dbrx4j.engine;

import dev.dbrx4j.ModelClosedException;
import dev.dbrx4j.ModelListener;
import dev.dbrx4j.ModelStats;
import dev.dbrx4j.QueueFullException;
import dev.dbrx4j.spi.ModelRunner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
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
  private final EngineTasks tasks = new EngineTasks();
  private volatile boolean closing;

  /// Somebody wants something of the engine's thread. The permit of [LockSupport] alone would not
  /// do: a lock that the thread waits for takes it too.
  private volatile boolean woken;

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

  /// {@return what the model's tokens mean}
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /// {@return the longest sequence it can hold, in tokens}
  public int maxContext() {
    return runner.maxContext();
  }

  /// {@return what tells the model's KV cache from any other's}
  public String modelIdentity() {
    return runner.identity();
  }

  /// {@return bytes that one token takes in the KV cache}
  public long kvBytesPerToken() {
    return runner.kvBytesPerToken();
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
    return submit(List.of(request)).getFirst();
  }

  /// Hands in requests that belong together, so that they can run side by side from the start.
  ///
  /// @param requests what to generate
  /// @return where their outputs arrive, in the same order
  /// @throws QueueFullException if too many requests wait already; those before it are cancelled
  /// @throws ModelClosedException if the engine was closed
  public List<Generation> submit(List<Request> requests) {
    List<Generation> generations = new ArrayList<>();
    try {
      requests.forEach(request -> generations.add(enqueue(request)));
    } catch (QueueFullException e) {
      generations.forEach(Generation::cancel);
      throw e;
    }
    wake();
    generations.forEach(this::setAlarm);
    return generations;
  }

  private void setAlarm(Generation generation) {
    long timeoutNanos = generation.request().timeoutNanos();
    if (timeoutNanos != Long.MAX_VALUE) {
      generation.setAlarm(
          alarms.schedule(() -> ended(generation), timeoutNanos, TimeUnit.NANOSECONDS));
    }
  }

  private synchronized Generation enqueue(Request request) {
    refuseIfClosed();
    return loop.submit(request, vocabulary, this);
  }

  /// Copies keys and values of some tokens out of the KV cache.
  ///
  /// @param ids a sequence of tokens
  /// @param position the first token wanted
  /// @param limit how many at most
  /// @param target shared memory for `limit * kvBytesPerToken()` bytes
  /// @return how many the cache still holds, and were copied
  public int readKv(int[] ids, int position, int limit, MemorySegment target) {
    TokenList tokens = new TokenList(ids);
    return call(() -> loop.kvTransfer().read(tokens, position, limit, target));
  }

  /// Puts keys and values of some tokens into a slot that nobody needs, to be found by a request
  /// that begins with these tokens.
  ///
  /// @param ids a sequence of tokens
  /// @param position the first token given; everything before it was put there already
  /// @param count how many
  /// @param source shared memory of `count * kvBytesPerToken()` bytes
  /// @return false if there is no such slot, or no longer
  public boolean writeKv(int[] ids, int position, int count, MemorySegment source) {
    TokenList tokens = new TokenList(ids);
    return call(() -> loop.kvTransfer().write(tokens, position, count, source));
  }

  /// Does something on the engine's thread.
  private <T> T call(Callable<T> work) {
    FutureTask<T> task = addTask(work);
    wake();
    return EngineTasks.join(task);
  }

  private synchronized <T> FutureTask<T> addTask(Callable<T> work) {
    refuseIfClosed();
    return tasks.add(work);
  }

  private void refuseIfClosed() {
    if (closing) {
      throw EngineTasks.closed();
    }
  }

  private void work() {
    try {
      while (!closing) {
        woken = false;
        tasks.run();
        if (!loop.step()) {
          awaitWake();
        }
      }
      loop.abandon(() -> new ModelClosedException("the model was closed before the request ended"));
    } catch (RuntimeException | Error defect) {
      refuseNewRequests();
      loop.abandon(() -> new ModelClosedException("a defect ended the engine: " + defect, defect));
      throw defect;
    } finally {
      alarms.shutdownNow();
      tasks.cancel();
      loop.telemetry().events().close();
      runner.close();
    }
  }

  private void awaitWake() {
    while (!woken) {
      LockSupport.park(this);
    }
  }

  @Override
  public void wake() {
    woken = true;
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
