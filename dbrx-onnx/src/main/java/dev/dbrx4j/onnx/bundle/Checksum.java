package dev.dbrx4j.onnx.bundle;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/// CRC-32C, which the processor computes at memory speed.
public final class Checksum {
  private static final int CHUNK_BYTES = 1 << 20;

  private Checksum() {}

  /// {@return the checksum of an array's end}
  ///
  /// @param bytes the array
  /// @param from first byte that counts
  public static int of(byte[] bytes, int from) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, bytes.length - from);
    return (int) crc.getValue();
  }

  /// {@return the checksum of part of a file}
  ///
  /// @param file the file
  /// @param offset first byte
  /// @param bytes how many
  /// @param progress told the length of each piece read
  /// @throws IOException if the file ends early or cannot be read
  public static int of(FileChannel file, long offset, long bytes, LongConsumer progress)
      throws IOException {
    CRC32C crc = new CRC32C();
    try (Arena arena = Arena.ofConfined()) {
      ByteBuffer chunk = arena.allocate(JAVA_BYTE, CHUNK_BYTES).asByteBuffer();
      for (long done = 0; done < bytes; done += chunk.limit()) {
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, bytes - done));
        if (file.read(chunk, offset + done) <= 0) {
          throw new EOFException("the file ends at byte " + (offset + done));
        }
        chunk.flip();
        crc.update(chunk);
        progress.accept(chunk.limit());
      }
    }
    return (int) crc.getValue();
  }

  /// {@return a checksum as eight lower-case hexadecimal digits}
  ///
  /// @param crc32c the checksum
  public static String hex(int crc32c) {
    return java.util.HexFormat.of().toHexDigits(crc32c);
  }
}
