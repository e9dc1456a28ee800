package dev.dbrx4j.onnx.graph;

import dev.dbrx4j.DbrxConfig;

/// Consecutive layers that one session runs.
///
/// @param first its first layer
/// @param end the first layer after it
public record LayerRange(int first, int end) {
  /// {@return all layers of a model}
  ///
  /// @param config the model
  public static LayerRange all(DbrxConfig config) {
    return new LayerRange(0, config.nLayers());
  }

  /// {@return how many layers}
  public int count() {
    return end - first;
  }

  /// {@return whether the session takes token ids, and not what another session made of them}
  public boolean takesTokens() {
    return first == 0;
  }

  /// {@return whether the session gives logits, and not what another session goes on with}
  ///
  /// @param config the model
  public boolean givesLogits(DbrxConfig config) {
    return end == config.nLayers();
  }
}
