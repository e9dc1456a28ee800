package dev.dbrx4j.tokenizer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Writes arrays one after the other, each after its length, as [TableReader] reads them.
final class TableWriter {
  private final OutputStream out;

  TableWriter(OutputStream out) {
    this.out = out;
  }

  void write(long[] array) throws IOException {
    byte[] bytes = start(array.length, Long.BYTES);
    body(bytes).asLongBuffer().put(array);
    out.write(bytes);
  }

  void write(int[] array) throws IOException {
    byte[] bytes = start(array.length, Integer.BYTES);
    body(bytes).asIntBuffer().put(array);
    out.write(bytes);
  }

  void write(byte[] array) throws IOException {
    byte[] bytes = start(array.length, Byte.BYTES);
    body(bytes).put(array);
    out.write(bytes);
  }

  private static byte[] start(int length, int size) {
    byte[] bytes = new byte[Integer.BYTES + length * size];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(length);
    return bytes;
  }

  private static ByteBuffer body(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(Integer.BYTES);
  }
}
