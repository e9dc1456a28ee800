package dev.dbrx4j.tokenizer;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Texts that try hard to be awkward: words and spaces of many scripts side by side, tokens glued
/// together, and mutations of the goldens' texts.
final class RandomTexts {
  private static final String SPACES = " \t\n\r\u000B\f\u0085\u00A0\u1680\u2003\u2028\u202F\u3000";
  private static final String NEARLY_SPACES = "\u180E\u200B\u2060\uFEFF\u001C\u0000";
  private static final List<String> CONTRACTIONS =
      List.of("'s", "'T", "'re", "'VE", "'m", "'lL", "'d", "'", "'\u017F", "'l", "''");
  private static final int[] SCRIPTS = {
    'a', 'A', '0', '!', 0xC0, 0x300, 0x391, 0x430, 0x5D0, 0x627, 0x660, 0x905, 0x93E, 0xE01, 0xE48,
    0x1100, 0x1200, 0x2070, 0x2150, 0x2190, 0x3041, 0x4E00, 0xA000, 0xAC00, 0xFF21, 0x10330,
    0x1D7CE, 0x1F600, 0x20000, 0xE0100
  };

  private final SplittableRandom random;
  private final DbrxTokenizer tokenizer = DbrxTokenizer.bundled();
  private final List<String> goldens =
      Goldens.lines("encode.jsonl").map(line -> line.get("text").stringValue()).toList();
  private final List<Supplier<String>> parts;

  RandomTexts(long seed) {
    this.random = new SplittableRandom(seed);
    this.parts =
        List.of(
            this::word,
            this::word,
            () -> " ",
            this::spaces,
            this::token,
            this::golden,
            () -> pick(CONTRACTIONS),
            () -> Character.toString(codePoint()),
            () -> String.valueOf(random.nextInt(100_000)));
  }

  /// A text of a few parts; without lone surrogates.
  String next() {
    return text(random.nextInt(1, 12));
  }

  /// A text of so many parts.
  String text(int size) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < size; i++) {
      text.append(pick(parts).get());
    }
    return wellFormed(text.toString());
  }

  /// The same, and lone surrogates in it.
  String nextWithSurrogates() {
    StringBuilder text = new StringBuilder(next());
    for (int i = random.nextInt(1, 4); i > 0; i--) {
      text.insert(random.nextInt(text.length() + 1), (char) random.nextInt(0xD800, 0xE000));
    }
    return text.toString();
  }

  /// Letters without a break: from an alphabet of a few, so that repetition is likely, or periodic.
  String wordOf(int length) {
    int alphabet = random.nextInt(1, 8);
    int first = SCRIPTS[random.nextInt(SCRIPTS.length)];
    int period = random.nextBoolean() ? length : random.nextInt(1, 20);
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < period; i++) {
      word.appendCodePoint(first + random.nextInt(alphabet));
    }
    return word.toString().repeat(1 + length / period).substring(0, length & ~1);
  }

  int nextInt(int bound) {
    return random.nextInt(bound);
  }

  private String word() {
    int first = SCRIPTS[random.nextInt(SCRIPTS.length)];
    StringBuilder word = new StringBuilder(random.nextBoolean() ? " " : "");
    for (int i = random.nextInt(1, 9); i > 0; i--) {
      word.appendCodePoint(first + random.nextInt(26));
    }
    return word.toString();
  }

  private String spaces() {
    String kinds = random.nextInt(8) == 0 ? NEARLY_SPACES : SPACES;
    return String.valueOf(kinds.charAt(random.nextInt(kinds.length())))
        .repeat(random.nextInt(1, 4));
  }

  private String token() {
    return wellFormed(tokenizer.decode(new int[] {random.nextInt(100_256)}));
  }

  /// Some of a golden's text, one of its characters replaced.
  private String golden() {
    String text = pick(goldens);
    int from = random.nextInt(text.length() + 1);
    int to = Math.min(text.length(), from + random.nextInt(30));
    StringBuilder part = new StringBuilder(text.substring(from, to));
    if (!part.isEmpty()) {
      part.setCharAt(random.nextInt(part.length()), (char) codePoint());
    }
    return part.toString();
  }

  private int codePoint() {
    return random.nextInt(4) == 0
        ? random.nextInt(Character.MAX_CODE_POINT + 1)
        : random.nextInt(0x3100);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static String wellFormed(String text) {
    int[] whole = text.codePoints().filter(c -> c < 0xD800 || c > 0xDFFF).toArray();
    return new String(whole, 0, whole.length);
  }
}
