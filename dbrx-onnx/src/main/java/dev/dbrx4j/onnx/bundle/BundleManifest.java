package dev.dbrx4j.onnx.bundle;

import dev.dbrx4j.DbrxConfig;
import dev.dbrx4j.Precision;
import dev.dbrx4j.onnx.Flavour;
import dev.dbrx4j.onnx.weights.Section;
import java.util.List;

/// What a bundle says about itself.
///
/// @param exporter name and version of what wrote it
/// @param config the model
/// @param precision how its matrices are stored
/// @param flavours graphs that it has
/// @param files its files but the weights and the manifest
/// @param sections the weights file, from its first byte to its last
public record BundleManifest(
    String exporter,
    DbrxConfig config,
    Precision precision,
    List<Flavour> flavours,
    List<SmallFile> files,
    List<WeightSection> sections) {
  /// Version of the bundle's form: its files, the manifest's keys and the graph's inputs and
  /// outputs.
  public static final int FORMAT = 2;

  /// A file that is checked as a whole.
  ///
  /// @param name its name in the bundle's folder
  /// @param bytes its length
  /// @param crc32c its checksum
  public record SmallFile(String name, long bytes, int crc32c) {}

  /// A part of the weights file that is checked by itself.
  ///
  /// @param section where and what it is
  /// @param crc32c checksum of its bytes, padding included
  public record WeightSection(Section section, int crc32c) {}

  /// {@return length of the weights file}
  public long weightBytes() {
    return sections.isEmpty() ? 0 : sections.getLast().section().end();
  }
}
