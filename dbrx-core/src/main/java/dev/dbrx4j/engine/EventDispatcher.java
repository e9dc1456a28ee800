package dev.dbrx4j.engine;

import dev.dbrx4j.ModelEvent;
import dev.dbrx4j.ModelListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Brings events to listeners on a thread that exists while there are some to bring.
final class EventDispatcher {
  private static final System.Logger LOG = System.getLogger(ModelListener.class.getName());
  private static final int MAX_BEHIND = 1024;
  private static final int IDLE_SECONDS = 10;

  private final List<ModelListener> listeners = new CopyOnWriteArrayList<>();
  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          0,
          1,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MAX_BEHIND),
          Thread.ofPlatform().daemon().name("dbrx4j-events").factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  void add(ModelListener listener) {
    listeners.add(listener);
  }

  void remove(ModelListener listener) {
    listeners.remove(listener);
  }

  /// @param event makes the event, if there is anybody to tell
  void publish(Supplier<ModelEvent> event) {
    if (!listeners.isEmpty()) {
      ModelEvent made = event.get();
      thread.execute(() -> listeners.forEach(listener -> tell(listener, made)));
    }
  }

  private static void tell(ModelListener listener, ModelEvent event) {
    try {
      listener.on(event);
    } catch (RuntimeException | Error e) {
      String kind = event.getClass().getSimpleName(); // the event itself may hold users' text
      LOG.log(System.Logger.Level.WARNING, "a listener failed on a " + kind + " event", e);
    }
  }

  /// Brings what is left, then ends.
  void close() {
    thread.shutdown();
  }
}
