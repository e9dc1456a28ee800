package dev.dbrx4j.tokenizer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Writes the table of [CharacterClasses] from the running JDK's Unicode data, which is Unicode 16
/// in JDK 24 and 25.
final class CharacterClassesGenerator {
  private static final int BLOCK = 1 << CharacterClasses.BLOCK_BITS;

  private CharacterClassesGenerator() {}

  /// Writes the table to the file named by the only argument.
  public static void main(String[] args) throws IOException {
    Files.write(Path.of(args[0]), table());
  }

  static byte[] table() {
    Map<String, Integer> blocks = new LinkedHashMap<>();
    ByteArrayOutputStream table = new ByteArrayOutputStream();
    for (int i = 0; i < CharacterClasses.INDEX_SIZE; i++) {
      int block = blocks.computeIfAbsent(block(i * BLOCK), key -> BLOCK * blocks.size());
      table.write(block >> 8);
      table.write(block);
    }
    blocks.keySet().forEach(block -> table.writeBytes(block.getBytes(ISO_8859_1)));
    return table.toByteArray();
  }

  private static String block(int firstCodePoint) {
    byte[] block = new byte[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      block[i] = classOf(firstCodePoint + i);
    }
    return new String(block, ISO_8859_1);
  }

  private static byte classOf(int codePoint) {
    if (Character.isLetter(codePoint)) {
      return CharacterClasses.LETTER;
    }
    return switch (Character.getType(codePoint)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          CharacterClasses.NUMBER;
      default -> isWhiteSpace(codePoint) ? CharacterClasses.SPACE : CharacterClasses.OTHER;
    };
  }

  /// The property White_Space: separators, the five controls from tab to carriage return, and next
  /// line.
  private static boolean isWhiteSpace(int codePoint) {
    return Character.isSpaceChar(codePoint)
        || (codePoint >= '\t' && codePoint <= '\r')
        || codePoint == 0x85;
  }
}
