package dev.dbrx4j.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Reads a `.tiktoken` file: a line a token, the Base64 of its bytes, a space, its rank.
///
/// The file lists tokens and not merges; each token's merge is the one pair of earlier tokens that
/// no merge before it joins across.
final class RankFile {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final int MAX_TOKEN_BYTES = 1024;

  /// What each character of Base64 stands for, -1 for all others.
  private static final byte[] BASE64 = new byte[256];

  static {
    Arrays.fill(BASE64, (byte) -1);
    for (int value = 0; value < 64; value++) {
      BASE64[ALPHABET.charAt(value)] = (byte) value;
    }
  }

  private final Path file;
  private final byte[] text;
  private byte[] bytes;
  private final int[] starts;
  private int size;

  private RankFile(Path file, byte[] text) {
    this.file = file;
    this.text = text;
    this.bytes = new byte[text.length + Bytes.PADDING];
    this.starts = new int[lines(text) + 1];
  }

  /// The vocabulary of a file; the bundled one if the file has the same tokens, since its tables
  /// are there already.
  static Vocabulary read(Path file) {
    RankFile ranks = parse(file);
    if (ranks.size == BundledVocabulary.SIZE) {
      Vocabulary bundled = BundledVocabulary.get();
      if (bundled.hasTokens(ranks.bytes, ranks.starts, ranks.size)) {
        return bundled;
      }
    }
    return ranks.vocabulary();
  }

  /// The vocabulary of a file, whose tables are built.
  static Vocabulary build(Path file) {
    return parse(file).vocabulary();
  }

  private static RankFile parse(Path file) {
    try {
      RankFile ranks = new RankFile(file, Files.readAllBytes(file));
      ranks.addLines();
      return ranks;
    } catch (IOException e) {
      throw new TokenizerException("cannot read " + file, e);
    }
  }

  private static int lines(byte[] text) {
    int lines = 0;
    for (int i = 0; i < text.length; i++) {
      lines += text[i] == '\n' || i == text.length - 1 ? 1 : 0;
    }
    return lines;
  }

  private void addLines() {
    for (int from = 0; from < text.length; ) {
      int to = from;
      while (to < text.length && text[to] != '\n') {
        to++;
      }
      addLine(from, to);
      from = to + 1;
    }
  }

  private void addLine(int from, int to) {
    int space = from;
    while (space < to && text[space] != ' ') {
      space++;
    }
    checkRank(space, to);
    int length = decode(from, space, starts[size]);
    if (length == 0 || length > MAX_TOKEN_BYTES) {
      throw malformed("the token has " + length + " bytes, must have 1 to 1024");
    }
    starts[size + 1] = starts[size] + length;
    size++;
  }

  private void checkRank(int from, int to) {
    int at = from + 1;
    int rank = -1;
    for (; at < to && text[at] >= '0' && text[at] <= '9' && rank <= size; at++) {
      rank = 10 * Math.max(rank, 0) + text[at] - '0';
    }
    boolean ends = at == to || (at + 1 == to && text[at] == '\r');
    if (rank != size || !ends) {
      String found = new String(text, from, to - from, StandardCharsets.ISO_8859_1).strip();
      throw malformed("expected the rank " + size + " after the token, found '" + found + "'");
    }
  }

  /// Decodes Base64 to where a token begins and returns its length. By hand, since a decoder that
  /// makes an array of each token takes longer than all the rest of reading the file.
  private int decode(int from, int to, int start) {
    int end = to;
    while (end > from && end > to - 2 && text[end - 1] == '=') {
      end--;
    }
    int at = start;
    int bits = 0;
    int count = 0;
    for (int i = from; i < end; i++) {
      int value = BASE64[text[i] & 0xFF];
      if (value < 0) {
        throw malformed("the token is no Base64");
      }
      bits = bits << 6 | value;
      count += 6;
      if (count >= Byte.SIZE) {
        count -= Byte.SIZE;
        bytes[at++] = (byte) (bits >>> count);
      }
    }
    if ((to - from) % 4 != 0) {
      throw malformed("the token is no Base64: it must have a multiple of 4 characters");
    }
    return at - start;
  }

  private Vocabulary vocabulary() {
    checkBytes();
    bytes = Arrays.copyOf(bytes, starts[size] + Bytes.PADDING);
    TokenTable tokens = new TokenTable(bytes, starts, size);
    Merges merges = new Merges(size - Merges.BYTES);
    for (int id = 0; id < size; id++) {
      if (id >= Merges.BYTES) {
        addMerge(merges, tokens, id);
      }
      tokens.put(id);
    }
    return new Vocabulary(merges, bytes, starts, tokens);
  }

  private void checkBytes() {
    if (size < Merges.BYTES) {
      throw new TokenizerException(file + " has " + size + " tokens, fewer than the 256 bytes");
    }
    boolean[] seen = new boolean[Merges.BYTES];
    for (int id = 0; id < Merges.BYTES; id++) {
      int value = bytes[id] & 0xFF;
      if (starts[id + 1] != id + 1 || seen[value]) {
        size = id;
        throw malformed("the first 256 tokens must be the 256 bytes");
      }
      seen[value] = true;
    }
  }

  private void addMerge(Merges merges, TokenTable earlier, int id) {
    for (int cut = starts[id] + 1; cut < starts[id + 1]; cut++) {
      int left = earlier.find(bytes, starts[id], cut);
      int right = left < 0 ? left : earlier.find(bytes, cut, starts[id + 1]);
      if (right >= 0 && merges.stayApart(left, right)) {
        merges.add(left, right);
        return;
      }
    }
    size = id;
    throw malformed("the token is no merge of two tokens of lower rank, or is there twice");
  }

  private TokenizerException malformed(String what) {
    return new TokenizerException(file + ", line " + (size + 1) + ": " + what);
  }
}
