package dev.dbrx4j.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Reads arrays in the layout in which they are used: what the build has computed, a program that
/// starts only copies.
final class TableReader {
  private final ByteBuffer in;

  TableReader(byte[] file) {
    this.in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  long[] longs() {
    long[] array = new long[in.getInt()];
    in.asLongBuffer().get(array);
    in.position(in.position() + array.length * Long.BYTES);
    return array;
  }

  int[] ints() {
    int[] array = new int[in.getInt()];
    in.asIntBuffer().get(array);
    in.position(in.position() + array.length * Integer.BYTES);
    return array;
  }

  byte[] bytes() {
    byte[] array = new byte[in.getInt()];
    in.get(array);
    return array;
  }
}
