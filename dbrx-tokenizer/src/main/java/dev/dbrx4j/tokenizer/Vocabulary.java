package dev.dbrx4j.tokenizer;

import java.util.Arrays;

/// The tokens of a byte-pair vocabulary: their bytes, and the tables by which encoding finds them.
/// All of it follows from which byte each of the first 256 ids stands for, and from the merges.
final class Vocabulary {
  private final Merges merges;
  private final int size;
  private final int[] starts;
  private final byte[] bytes;
  private final TokenTable tokens;
  private final int[] byteIds = new int[Merges.BYTES];
  private final int[] bytePairs = new int[Merges.BYTES * Merges.BYTES];

  /// Builds the tables.
  ///
  /// @param byteOrder the byte that token i stands for, for i in 0..255
  /// @param merges the merges, complete
  Vocabulary(byte[] byteOrder, Merges merges) {
    this.merges = merges;
    this.size = merges.ids();
    this.starts = starts(merges);
    this.bytes = Arrays.copyOf(byteOrder, starts[size] + Bytes.PADDING);
    this.tokens = new TokenTable(bytes, starts, size);
    Arrays.fill(bytePairs, PairTable.NONE);
    for (int id = 0; id < size; id++) {
      define(id);
    }
  }

  private static int[] starts(Merges merges) {
    int[] starts = new int[merges.ids() + 1];
    for (int id = 0; id < merges.ids(); id++) {
      starts[id + 1] = starts[id] + length(starts, merges, id);
    }
    return starts;
  }

  private static int length(int[] starts, Merges merges, int id) {
    if (id < Merges.BYTES) {
      return 1;
    }
    int left = merges.left(id);
    int right = merges.right(id);
    return starts[left + 1] - starts[left] + starts[right + 1] - starts[right];
  }

  /// Puts a token into all tables; one pass, because a program that starts waits for it.
  private void define(int id) {
    if (id < Merges.BYTES) {
      byteIds[bytes[id] & 0xFF] = id;
    } else {
      join(id, merges.left(id), merges.right(id));
    }
    tokens.put(id);
  }

  private void join(int id, int left, int right) {
    int start = starts[id];
    System.arraycopy(bytes, starts[left], bytes, start, length(left));
    System.arraycopy(bytes, starts[right], bytes, start + length(left), length(right));
    if (left < Merges.BYTES && right < Merges.BYTES) {
      bytePairs[(bytes[left] & 0xFF) << 8 | (bytes[right] & 0xFF)] = id;
    }
  }

  /// The number of tokens, which is one more than the largest id.
  int size() {
    return size;
  }

  /// The merges, in order.
  Merges merges() {
    return merges;
  }

  /// A token's length in bytes.
  int length(int id) {
    return starts[id + 1] - starts[id];
  }

  /// Where a token's bytes begin in [#bytes()].
  int start(int id) {
    return starts[id];
  }

  /// The bytes of all tokens, one after the other, and padding.
  byte[] bytes() {
    return bytes;
  }

  /// The token of one byte.
  int byteId(byte value) {
    return byteIds[value & 0xFF];
  }

  /// What the tokens of two bytes merge to, or [PairTable#NONE].
  int bytePair(byte first, byte second) {
    return bytePairs[(first & 0xFF) << 8 | (second & 0xFF)];
  }

  /// The token with these bytes, or [TokenTable#NONE]; eight bytes from `from` must be readable.
  int find(byte[] utf8, int from, int to) {
    return tokens.find(utf8, from, to);
  }
}
