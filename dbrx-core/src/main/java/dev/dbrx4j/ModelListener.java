package dev.dbrx4j;

/// Told about what happens to a model's requests, for logs and metrics. Called on a thread of its
/// own, one event after another, so it cannot hold up the model; if it falls far behind, events are
/// dropped. What it throws is logged.
@FunctionalInterface
public interface ModelListener {
  /// Takes note of an event.
  ///
  /// @param event what happened
  void on(ModelEvent event);
}
