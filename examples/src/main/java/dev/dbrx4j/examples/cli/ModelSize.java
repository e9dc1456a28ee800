package dev.dbrx4j.examples.cli;

import dev.dbrx4j.DbrxConfig;

/// How large a model of a configuration is.
///
/// @param config the configuration
record ModelSize(DbrxConfig config) {
  /// {@return the number of weights}
  long parameters() {
    return parametersWith(config.nExperts());
  }

  /// {@return the number of weights that a token meets, both embeddings counted}
  long activeParameters() {
    return parametersWith(config.topK());
  }

  private long parametersWith(int experts) {
    long d = config.dModel();
    long attention = config.qkvWidth() * d + d * d;
    long router = config.nExperts() * d;
    long norms = 2 * d;
    long block = attention + router + norms + 3L * experts * config.ffnHiddenSize() * d;
    return config.nLayers() * block + 2L * config.vocabSize() * d + d;
  }

  /// {@return bytes of keys and values, as the runner keeps them: in 32-bit floats}
  ///
  /// @param tokens length of the sequence
  long kvCacheBytes(int tokens) {
    long values = 2L * config.nLayers() * config.nKvHeads() * config.headDim();
    return values * Float.BYTES * tokens;
  }
}
