package dev.dbrx4j.tokenizer;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The tokens of a byte-pair vocabulary: their bytes, the table by which encoding finds them, and
/// the merges that make them. All of it follows from which byte each of the first 256 ids stands
/// for, and from the merges.
final class Vocabulary {
  /// The length that a head tells of all tokens that do not fit.
  static final int LONG = 8;

  private static final int HEAD_BYTES = 7;

  /// Null for the bundled vocabulary, whose merges are read when they are first needed.
  private final @Nullable Merges merges;

  private final int size;
  private final int[] starts;
  private final byte[] bytes;
  private final TokenTable tokens;

  /// For each token its first seven bytes and, above them, its length or [#LONG]: decoding a token
  /// takes one look at memory instead of three.
  private final long[] heads;

  private final int[] byteIds = new int[Merges.BYTES];

  /// Tables that are complete: token i is `bytes[starts[i], starts[i + 1])`.
  Vocabulary(Merges merges, byte[] bytes, int[] starts, TokenTable tokens) {
    this.merges = merges;
    this.size = merges.ids();
    this.starts = starts;
    this.bytes = bytes;
    this.tokens = tokens;
    this.heads = heads();
    defineBytes();
  }

  /// The bundled vocabulary's.
  Vocabulary(TableReader in) {
    this.merges = null;
    this.starts = in.ints();
    this.size = starts.length - 1;
    this.bytes = in.bytes();
    this.heads = in.longs();
    this.tokens = new TokenTable(bytes, starts, in);
    defineBytes();
  }

  /// Writes what [#Vocabulary(TableReader)] reads.
  void writeTo(TableWriter out) throws IOException {
    out.write(Arrays.copyOf(starts, size + 1));
    out.write(Arrays.copyOf(bytes, starts[size] + Bytes.PADDING));
    out.write(heads);
    tokens.writeTo(out);
  }

  private long[] heads() {
    long[] heads = new long[size];
    for (int id = 0; id < size; id++) {
      long length = Math.min(length(id), LONG);
      long mask = -1L >>> (Long.SIZE - Byte.SIZE * Math.min(length, HEAD_BYTES));
      heads[id] = (Bytes.eight(bytes, starts[id]) & mask) | length << (Byte.SIZE * HEAD_BYTES);
    }
    return heads;
  }

  /// Builds the tables.
  ///
  /// @param byteOrder the byte that token i stands for, for i in 0..255
  /// @param merges the merges, complete
  static Vocabulary of(byte[] byteOrder, Merges merges) {
    int[] starts = starts(merges);
    byte[] bytes = Arrays.copyOf(byteOrder, starts[merges.ids()] + Bytes.PADDING);
    TokenTable tokens = new TokenTable(bytes, starts, merges.ids());
    for (int id = 0; id < merges.ids(); id++) {
      if (id >= Merges.BYTES) {
        append(bytes, starts[id], starts, merges.left(id));
        append(bytes, starts[id] + length(starts, merges.left(id)), starts, merges.right(id));
      }
      tokens.put(id);
    }
    return new Vocabulary(merges, bytes, starts, tokens);
  }

  private static int[] starts(Merges merges) {
    int[] starts = new int[merges.ids() + 1];
    for (int id = 0; id < merges.ids(); id++) {
      int length =
          id < Merges.BYTES
              ? 1
              : length(starts, merges.left(id)) + length(starts, merges.right(id));
      starts[id + 1] = starts[id] + length;
    }
    return starts;
  }

  private static void append(byte[] bytes, int at, int[] starts, int id) {
    System.arraycopy(bytes, starts[id], bytes, at, length(starts, id));
  }

  private static int length(int[] starts, int id) {
    return starts[id + 1] - starts[id];
  }

  private void defineBytes() {
    for (int id = 0; id < Merges.BYTES; id++) {
      byteIds[bytes[id] & 0xFF] = id;
    }
  }

  /// Whether the tokens are these: token i is `bytes[starts[i], starts[i + 1])`.
  boolean hasTokens(byte[] bytes, int[] starts, int tokens) {
    return tokens == size
        && Arrays.equals(starts, 0, size + 1, this.starts, 0, size + 1)
        && Arrays.equals(bytes, 0, starts[size], this.bytes, 0, starts[size]);
  }

  /// Whether [#of] would make the same of these.
  boolean isMadeOf(byte[] byteOrder, Merges merges) {
    return Arrays.equals(byteOrder, 0, Merges.BYTES, bytes, 0, Merges.BYTES)
        && merges.equalTo(merges());
  }

  /// The number of tokens, which is one more than the largest id.
  int size() {
    return size;
  }

  /// The merges, in order.
  Merges merges() {
    return merges == null ? BundledVocabulary.merges() : merges;
  }

  /// A token's length in bytes.
  int length(int id) {
    return length(starts, id);
  }

  /// The first bytes of a token, and its length for [#headLength(long)].
  long head(int id) {
    return heads[id];
  }

  /// The length of a token, or [#LONG] if it has more than seven bytes.
  static int headLength(long head) {
    return (int) (head >>> (Byte.SIZE * HEAD_BYTES));
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

  /// The token with these bytes, or [TokenTable#NONE]; eight bytes from `from` must be readable.
  int find(byte[] utf8, int from, int to) {
    return tokens.find(utf8, from, to);
  }
}
