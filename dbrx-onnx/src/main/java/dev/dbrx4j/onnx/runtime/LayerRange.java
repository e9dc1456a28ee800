package dev.dbrx4j.onnx.runtime;

import dev.dbrx4j.DbrxConfig;

/// Consecutive layers that one session runs.
///
/// @param first its first layer
/// @param end the first layer after it
record LayerRange(int first, int end) {
  /// {@return all layers of a model}
  static LayerRange all(DbrxConfig config) {
    return new LayerRange(0, config.nLayers());
  }

  /// {@return how many layers}
  int count() {
    return end - first;
  }

  /// {@return whether the session takes token ids, and not what another session made of them}
  boolean takesTokens() {
    return first == 0;
  }

  /// {@return whether the session gives logits, and not what another session goes on with}
  boolean givesLogits(DbrxConfig config) {
    return end == config.nLayers();
  }
}
