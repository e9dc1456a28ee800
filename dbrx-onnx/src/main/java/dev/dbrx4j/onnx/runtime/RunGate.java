package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.ModelClosedException;
import dev.dbrx4j.onnx.ort.OrtSession;
import dev.dbrx4j.spi.RunTerminatedException;
import java.util.List;

/// Lets one pass run at a time, any thread end it, and closing wait until it has ended: a session
/// freed under a run would take the process with it.
///
/// ONNX Runtime reports a terminated run like any other failure, so what is remembered here tells
/// them apart.
final class RunGate {
  private final List<OrtSession> sessions;
  private boolean running;
  private boolean terminated;
  private boolean closed;

  RunGate(List<OrtSession> sessions) {
    this.sessions = sessions;
  }

  /// Begins a pass.
  synchronized void enter() {
    if (closed) {
      throw new ModelClosedException("the model is closed: load it again");
    }
    if (running) {
      throw new IllegalStateException("another thread runs a pass: a runner serves one thread");
    }
    if (terminated) {
      sessions.forEach(session -> session.setTerminate(false));
      terminated = false;
    }
    running = true;
  }

  /// Ends a pass, whether it succeeded or failed.
  ///
  /// @throws RunTerminatedException if it was to be terminated
  synchronized void exit() {
    running = false;
    notifyAll();
    if (terminated) {
      throw new RunTerminatedException();
    }
  }

  /// Ends the pass under way at its next node.
  synchronized void terminate() {
    if (running && !terminated) {
      terminated = true;
      sessions.forEach(session -> session.setTerminate(true));
    }
  }

  /// Refuses further passes, ends the one under way and waits for that.
  ///
  /// @return whether this was the first call
  synchronized boolean close() {
    boolean first = !closed;
    closed = true;
    terminate();
    awaitIdle();
    return first;
  }

  private synchronized void awaitIdle() {
    boolean interrupted = false;
    while (running) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
