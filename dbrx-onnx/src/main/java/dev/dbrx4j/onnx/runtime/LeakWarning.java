package dev.dbrx4j.onnx.runtime;

import java.lang.ref.Cleaner;
import java.util.concurrent.atomic.AtomicInteger;

/// Warns of a runner that became unreachable without having been closed. Nothing is freed then: the
/// cleaner's thread cannot know what still uses the memory.
final class LeakWarning {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicInteger OPEN = new AtomicInteger();

  private final State state;

  private LeakWarning(State state) {
    this.state = state;
  }

  /// @param owner who has to be closed
  /// @param what what it holds, for the warning
  static LeakWarning watch(Object owner, String what) {
    State state = new State(what);
    CLEANER.register(owner, state);
    OPEN.incrementAndGet();
    return new LeakWarning(state);
  }

  /// {@return owners not closed yet}
  static int open() {
    return OPEN.get();
  }

  void closed() {
    state.closed = true;
    OPEN.decrementAndGet();
  }

  private static final class State implements Runnable {
    private final String what;
    private volatile boolean closed;

    State(String what) {
      this.what = what;
    }

    @Override
    public void run() {
      if (!closed) {
        System.getLogger(LeakWarning.class.getName())
            .log(System.Logger.Level.WARNING, "{0} was not closed: its memory is lost", what);
      }
    }
  }
}
