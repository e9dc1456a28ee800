package dev.dbrx4j.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/// The bytes of every id: ordinary tokens, special tokens, and nothing for the ids between and
/// after them.
final class TokenBytes {
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private final Vocabulary vocabulary;
  private final byte[][] afterVocabulary;

  TokenBytes(Vocabulary vocabulary, SpecialVocabulary specials) {
    this.vocabulary = vocabulary;
    int size = vocabulary.size();
    for (int id : specials.idsByName().values()) {
      size = Math.max(size, id + 1);
    }
    this.afterVocabulary = new byte[size - vocabulary.size()][0];
    for (Map.Entry<String, Integer> special : specials.idsByName().entrySet()) {
      afterVocabulary[special.getValue() - vocabulary.size()] =
          special.getKey().getBytes(StandardCharsets.UTF_8);
    }
  }

  /// One more than the largest id.
  int size() {
    return vocabulary.size() + afterVocabulary.length;
  }

  /// The text of ids in a row.
  String text(int[] ids) {
    byte[] bytes = join(ids);
    return new String(bytes, 0, bytes.length - Bytes.PADDING, StandardCharsets.UTF_8);
  }

  /// The bytes of ids in a row.
  byte[] bytes(int... ids) {
    byte[] bytes = join(ids);
    return Arrays.copyOf(bytes, bytes.length - Bytes.PADDING);
  }

  /// The bytes, and a few spare ones.
  private byte[] join(int[] ids) {
    long length = Bytes.PADDING;
    for (int id : ids) {
      length += length(id);
    }
    if (length > MAX_ARRAY) {
      throw new TokenizerException(
          ids.length + " ids stand for " + length + " bytes, more than an array holds");
    }
    byte[] bytes = new byte[(int) length];
    int at = 0;
    for (int id : ids) {
      at += copy(id, bytes, at);
    }
    return bytes;
  }

  private int length(int id) {
    if (id < 0) {
      throw new TokenizerException("the token id " + id + " is negative");
    }
    if (id >= vocabulary.size()) {
      return special(id).length;
    }
    int length = Vocabulary.headLength(vocabulary.head(id));
    return length < Vocabulary.LONG ? length : vocabulary.length(id);
  }

  private byte[] special(int id) {
    int index = id - vocabulary.size();
    return index < afterVocabulary.length ? afterVocabulary[index] : new byte[0];
  }

  /// Copies eight bytes at a time, so up to seven more than the token has.
  private int copy(int id, byte[] target, int at) {
    if (id >= vocabulary.size()) {
      byte[] special = special(id);
      System.arraycopy(special, 0, target, at, special.length);
      return special.length;
    }
    long head = vocabulary.head(id);
    if (Vocabulary.headLength(head) < Vocabulary.LONG) {
      Bytes.putEight(target, at, head);
      return Vocabulary.headLength(head);
    }
    byte[] source = vocabulary.bytes();
    int start = vocabulary.start(id);
    int length = vocabulary.length(id);
    for (int i = 0; i < length; i += Long.BYTES) {
      Bytes.putEight(target, at + i, Bytes.eight(source, start + i));
    }
    return length;
  }
}
