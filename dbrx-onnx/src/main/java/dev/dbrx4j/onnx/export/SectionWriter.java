package dev.dbrx4j.onnx.export;

import dev.dbrx4j.onnx.bundle.ByteProgress;
import dev.dbrx4j.onnx.weights.ByteSink;
import dev.dbrx4j.onnx.weights.Section;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Writes one section to its place in the weights file, with its checksum computed on the way.
final class SectionWriter implements ByteSink {
  private final Section section;
  private final WeightsOutput output;
  private final ByteProgress progress;
  private final CRC32C crc32c = new CRC32C();
  private long position;

  SectionWriter(Section section, WeightsOutput output, ByteProgress progress) {
    this.section = section;
    this.output = output;
    this.progress = progress;
    this.position = section.offset();
  }

  @Override
  public void write(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (length > section.end() - position) {
      throw new IllegalStateException(section.name() + " is longer than planned");
    }
    crc32c.update(bytes.duplicate());
    try {
      output.write(bytes, position);
    } catch (IOException e) {
      throw new UncheckedIOException("at byte " + position + ": " + e.getMessage(), e);
    }
    position += length;
    progress.add(section.name(), length);
  }

  /// Fills the rest with zeros.
  ///
  /// @return the section's checksum
  int finish() {
    if (position != section.offset() + section.tensorBytes()) {
      throw new IllegalStateException(section.name() + " is shorter than planned");
    }
    if (position < section.end()) {
      write(ByteBuffer.allocate((int) (section.end() - position)));
    }
    return (int) crc32c.getValue();
  }
}
