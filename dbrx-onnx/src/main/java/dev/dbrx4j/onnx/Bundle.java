package dev.dbrx4j.onnx;

import dev.dbrx4j.DbrxConfig;
import java.nio.file.Path;

/// An exported model on disk, opened and checked.
///
/// @param folder the bundle's folder, absolute
/// @param config the model's configuration
/// @param precision how the matrices are stored
public record Bundle(Path folder, DbrxConfig config, Precision precision) {
  /// {@return the path of a flavour's graph}
  ///
  /// @param flavour the kind of device that it is made for
  public Path graph(Flavour flavour) {
    return folder.resolve(flavour.graphFile());
  }
}
