package dev.dbrx4j.grammar;

import dev.dbrx4j.tokenizer.DbrxTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;

/// Vocabularies for tests.
final class Vocabularies {
  static final int DBRX_SIZE = 100_352;

  private Vocabularies() {}

  /// DBRX's, made once.
  static CommonGrammar dbrx() {
    return Dbrx.COMMON;
  }

  /// All bytes, and random tokens of a few characters.
  static CommonGrammar random(String characters, int tokens, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Set<String> texts = new LinkedHashSet<>();
    int[] codePoints = characters.codePoints().toArray();
    while (texts.size() < tokens) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(2, 6); i > 0; i--) {
        text.appendCodePoint(codePoints[random.nextInt(codePoints.length)]);
      }
      texts.add(text.toString());
    }
    byte[][] bytes = new byte[256 + tokens][];
    for (int value = 0; value < 256; value++) {
      bytes[value] = new byte[] {(byte) value};
    }
    int id = 256;
    for (String text : texts) {
      bytes[id++] = text.getBytes(StandardCharsets.UTF_8);
    }
    return new CommonGrammar(new TokenTrie(bytes, bytes.length + 3));
  }

  private static final class Dbrx {
    static final CommonGrammar COMMON =
        new CommonGrammar(TokenTrie.of(DbrxTokenizer.bundled(), DBRX_SIZE));
  }
}
