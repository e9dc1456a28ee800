package dev.dbrx4j.tokenizer;

/// The printable character by which `tokenizer.json` writes each byte: itself where Latin-1 has a
/// visible character for it, else the next one from U+0100 on.
final class ByteLevelAlphabet {
  private static final char[] CHARACTERS = new char[256];

  static {
    char next = 256;
    for (int value = 0; value < CHARACTERS.length; value++) {
      boolean visible =
          (value > ' ' && value < 0x7F) || (value > 0xA0 && value <= 0xFF && value != 0xAD);
      CHARACTERS[value] = visible ? (char) value : next++;
    }
  }

  private ByteLevelAlphabet() {}

  static char character(int value) {
    return CHARACTERS[value];
  }
}
