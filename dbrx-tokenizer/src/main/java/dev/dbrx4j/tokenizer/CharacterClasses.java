package dev.dbrx4j.tokenizer;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// The Unicode classes that the cl100k pattern tells apart, pinned to Unicode 16.0 and so
/// independent of the running JDK.
///
/// A two-stage table: the index tells where the block of 64 code points begins, the block holds one
/// class for each. A block is what the last byte of a UTF-8 sequence chooses from, so classes can
/// be looked up without putting code points together. The resource is written by
/// `CharacterClassesGenerator` in the tests.
final class CharacterClasses {
  /// Neither letter, number nor white space: punctuation, symbols, marks, controls, unassigned.
  static final byte OTHER = 0;

  /// `\p{L}`.
  static final byte LETTER = 1;

  /// `\p{N}`.
  static final byte NUMBER = 2;

  /// `\s`, the property White_Space; includes carriage return and newline.
  static final byte SPACE = 3;

  static final String RESOURCE = "unicode-16-classes.bin";
  static final int BLOCK_BITS = 6;
  static final int INDEX_SIZE = (Character.MAX_CODE_POINT + 1) >> BLOCK_BITS;

  private static final char[] INDEX = new char[INDEX_SIZE];
  private static final byte[] BLOCKS;

  static {
    byte[] table = Resources.read(RESOURCE);
    ByteBuffer.wrap(table).asCharBuffer().get(INDEX);
    BLOCKS = Arrays.copyOfRange(table, 2 * INDEX_SIZE, table.length);
  }

  private CharacterClasses() {}

  static byte of(int codePoint) {
    return of(codePoint >> BLOCK_BITS, codePoint & ((1 << BLOCK_BITS) - 1));
  }

  /// The class of a code point, given as its upper bits and its last six.
  static byte of(int block, int last) {
    return BLOCKS[INDEX[block] + last];
  }
}
