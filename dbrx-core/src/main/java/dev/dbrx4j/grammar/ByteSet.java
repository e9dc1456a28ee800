package dev.dbrx4j.grammar;

/// A set of bytes, one bit each.
record ByteSet(long bits0, long bits64, long bits128, long bits192) {
  static final ByteSet NONE = new ByteSet(0, 0, 0, 0);

  static ByteSet of(int value) {
    return range(value, value);
  }

  /// The bytes from one to another, both included.
  static ByteSet range(int from, int to) {
    return new ByteSet(
        word(from, to, 0), word(from, to, 64), word(from, to, 128), word(from, to, 192));
  }

  private static long word(int from, int to, int start) {
    int low = Math.max(from, start) - start;
    int high = Math.min(to, start + 63) - start;
    return low > high ? 0 : (-1L >>> (63 - (high - low))) << low;
  }

  ByteSet or(ByteSet other) {
    return new ByteSet(
        bits0 | other.bits0,
        bits64 | other.bits64,
        bits128 | other.bits128,
        bits192 | other.bits192);
  }

  boolean has(int value) {
    long word =
        switch (value >>> 6) {
          case 0 -> bits0;
          case 1 -> bits64;
          case 2 -> bits128;
          default -> bits192;
        };
    return (word >>> value & 1) != 0;
  }
}
