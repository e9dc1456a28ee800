package dev.dbrx4j.bench.cpu;

import java.io.IOException;
import java.nio.file.Path;

/// Another program that runs models of the same weights.
interface Peer {
  /// {@return what to call it in reports}
  String title();

  /// {@return tokens a second of a prompt}
  double prefill(Path model, int tokens) throws IOException;

  /// {@return tokens a second of one sequence}
  ///
  /// @param context tokens before the first
  /// @param tokens how many to generate
  double decode(Path model, int context, int tokens) throws IOException;
}
