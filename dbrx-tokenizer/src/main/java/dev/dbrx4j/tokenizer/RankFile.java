package dev.dbrx4j.tokenizer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;

/// Reads a `.tiktoken` file: a line a token, the Base64 of its bytes, a space, its rank.
///
/// The file lists tokens and not merges; each token's merge is the one pair of earlier tokens that
/// no merge before it joins across.
final class RankFile {
  private static final int MAX_TOKEN_BYTES = 1024;

  private final Path file;
  private final byte[] text;
  private final byte[] bytes;
  private final int[] starts;
  private int size;

  private RankFile(Path file, byte[] text) {
    this.file = file;
    this.text = text;
    this.bytes = new byte[text.length + Bytes.PADDING];
    this.starts = new int[lines(text) + 1];
  }

  static Vocabulary read(Path file) {
    try {
      return new RankFile(file, Files.readAllBytes(file)).vocabulary();
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

  private Vocabulary vocabulary() {
    for (int from = 0; from < text.length; ) {
      int to = from;
      while (to < text.length && text[to] != '\n') {
        to++;
      }
      addLine(from, to);
      from = to + 1;
    }
    if (size < Merges.BYTES) {
      throw new TokenizerException(file + " has " + size + " tokens, fewer than the 256 bytes");
    }
    return new Vocabulary(byteOrder(), merges());
  }

  private void addLine(int from, int to) {
    int space = from;
    while (space < to && text[space] != ' ') {
      space++;
    }
    String rank = new String(text, space, to - space, StandardCharsets.ISO_8859_1).strip();
    if (!rank.equals(Integer.toString(size))) {
      throw malformed("expected the rank " + size + " after the token, found '" + rank + "'");
    }
    byte[] token;
    try {
      token = Base64.getDecoder().decode(Arrays.copyOfRange(text, from, space));
    } catch (IllegalArgumentException e) {
      throw malformed("the token is no Base64: " + e.getMessage());
    }
    if (token.length == 0 || token.length > MAX_TOKEN_BYTES) {
      throw malformed("the token has " + token.length + " bytes, must have 1 to 1024");
    }
    System.arraycopy(token, 0, bytes, starts[size], token.length);
    starts[++size] = starts[size - 1] + token.length;
  }

  private byte[] byteOrder() {
    boolean[] seen = new boolean[Merges.BYTES];
    for (int id = 0; id < Merges.BYTES; id++) {
      int value = bytes[id] & 0xFF;
      if (starts[id + 1] != id + 1 || seen[value]) {
        size = id;
        throw malformed("the first 256 tokens must be the 256 bytes");
      }
      seen[value] = true;
    }
    return Arrays.copyOf(bytes, Merges.BYTES);
  }

  private Merges merges() {
    TokenTable earlier = new TokenTable(bytes, starts, size);
    Merges merges = new Merges(size - Merges.BYTES);
    for (int id = 0; id < size; id++) {
      if (id >= Merges.BYTES) {
        addMerge(merges, earlier, id);
      }
      earlier.put(id);
    }
    return merges;
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
