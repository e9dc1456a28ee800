package dev.dbrx4j.onnx.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The weights file while it is written.
interface WeightsOutput extends AutoCloseable {
  /// Opens weights files.
  @FunctionalInterface
  interface Opener {
    /// Opens a file for writing, creating it if it is not there.
    WeightsOutput open(Path file) throws IOException;
  }

  /// Writes all bytes between a buffer's position and limit. Several threads write at once.
  void write(ByteBuffer bytes, long offset) throws IOException;

  /// Waits until everything is on the disk.
  void sync() throws IOException;

  @Override
  void close() throws IOException;

  /// Opens a real file.
  static WeightsOutput open(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    return new WeightsOutput() {
      @Override
      public void write(ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
          at += channel.write(bytes, at);
        }
      }

      @Override
      public void sync() throws IOException {
        channel.force(true);
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
