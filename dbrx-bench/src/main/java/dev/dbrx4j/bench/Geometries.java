package dev.dbrx4j.bench;

import dev.dbrx4j.DbrxConfig;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/// Shapes of models that benchmarks run on: `dbrx-tiny` (6.6 million parameters, for quick runs),
/// `dbrx-0.5b` and `dbrx-2b` (0.56 and 1.9 billion parameters in DBRX's own proportions) and `dbrx`
/// itself (132 billion, 263 GB). All have the true vocabulary, 16 experts of which 4 serve a token,
/// clip 8 and theta 500,000.
public final class Geometries {
  private static final SequencedMap<String, DbrxConfig> BY_NAME =
      new TreeMap<>(
          Map.of(
              "dbrx-tiny", config(32, 2, 1, 2, 2048, 48),
              "dbrx-0.5b", config(768, 6, 1, 8, 32768, 1344),
              "dbrx-2b", config(1536, 12, 2, 8, 32768, 2688),
              "dbrx", config(6144, 48, 8, 40, 32768, 10752)));

  private Geometries() {}

  private static DbrxConfig config(
      int dModel, int nHeads, int nKvHeads, int nLayers, int maxSeqLen, int ffnHiddenSize) {
    return new DbrxConfig(
        dModel,
        nHeads,
        nKvHeads,
        nLayers,
        maxSeqLen,
        100_352,
        8f,
        500_000,
        ffnHiddenSize,
        16,
        4,
        1f,
        DbrxConfig.Activation.SILU);
  }

  /// {@return the names there are, separated by commas}
  public static String names() {
    return String.join(", ", BY_NAME.keySet());
  }

  /// {@return a model's numbers}
  ///
  /// @param name one of [#names()]
  /// @throws IllegalArgumentException if there is no such geometry
  public static DbrxConfig named(String name) {
    DbrxConfig config = BY_NAME.get(name);
    if (config == null) {
      throw new IllegalArgumentException("no geometry '" + name + "'; there are " + names());
    }
    return config;
  }
}
