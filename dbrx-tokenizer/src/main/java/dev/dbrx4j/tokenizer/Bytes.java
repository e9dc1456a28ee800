package dev.dbrx4j.tokenizer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Eight bytes of an array at once, the first in the lowest bits. Arrays that are read this way end
/// with [#PADDING] bytes to spare.
final class Bytes {
  static final int PADDING = Long.BYTES;

  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  static long eight(byte[] bytes, int from) {
    return (long) EIGHT.get(bytes, from);
  }

  static void putEight(byte[] bytes, int from, long value) {
    EIGHT.set(bytes, from, value);
  }
}
