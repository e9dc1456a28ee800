package dev.dbrx4j.grammar;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Reads a regular expression's character classes and escapes.
final class RegexClass {
  private static final CodePoints DIGIT = CodePoints.range('0', '9');
  private static final CodePoints WORD =
      CodePoints.range('a', 'z').or(CodePoints.range('A', 'Z')).or(DIGIT).or(CodePoints.of('_'));

  /// White space in Java and in ECMAScript, which knows more of it.
  private static final CodePoints SPACE = CodePoints.range('\t', '\r').or(CodePoints.of(' '));

  private static final CodePoints WIDE_SPACE =
      SPACE
          .or(CodePoints.of(0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF))
          .or(CodePoints.range(0x2000, 0x200A));

  /// Neither language's line terminators.
  static final CodePoints DOT = CodePoints.of('\n', '\r', 0x85, 0x2028, 0x2029).complement();

  private static final Map<String, CodePoints> CATEGORIES = new ConcurrentHashMap<>();

  private final RegexParser parser;

  RegexClass(RegexParser parser) {
    this.parser = parser;
  }

  /// Reads what follows a `[`, the closing `]` included.
  CodePoints inside() {
    boolean negated = parser.accept("^");
    CodePoints all = CodePoints.NONE;
    while (!parser.accept("]")) {
      all = all.or(item(negated));
    }
    return negated ? all.complement() : all;
  }

  private CodePoints item(boolean negated) {
    CodePoints first = member(negated);
    if (!parser.accept("-")) {
      return first;
    }
    if (parser.peek() == ']') {
      return first.or(CodePoints.of('-'));
    }
    CodePoints last = member(negated);
    if (!isSingle(first) || !isSingle(last) || first.first(0) > last.first(0)) {
      throw parser.refused("a range whose ends are not two characters in order");
    }
    return CodePoints.range(first.first(0), last.first(0));
  }

  private static boolean isSingle(CodePoints set) {
    return set.ranges() == 1 && set.first(0) == set.last(0);
  }

  private CodePoints member(boolean negated) {
    int character = parser.next();
    if (character == '[' || (character == '&' && parser.accept("&"))) {
      throw parser.refused("a class within a class, or '[' or '&&' without a backslash");
    }
    return character == '\\' ? escape(negated) : CodePoints.of(character);
  }

  /// Reads what follows a backslash.
  ///
  /// @param wide where languages differ, whether to match characters in either rather than both
  CodePoints escape(boolean wide) {
    int escape = parser.next();
    return switch (escape) {
      case 'd' -> DIGIT;
      case 'D' -> DIGIT.complement();
      case 'w' -> WORD;
      case 'W' -> WORD.complement();
      case 's' -> wide ? WIDE_SPACE : SPACE;
      case 'S' -> (wide ? SPACE : WIDE_SPACE).complement();
      case 't' -> CodePoints.of('\t');
      case 'n' -> CodePoints.of('\n');
      case 'r' -> CodePoints.of('\r');
      case 'f' -> CodePoints.of('\f');
      case 'x' -> CodePoints.of(hex(2));
      case 'u' -> CodePoints.of(unicode());
      case 'p' -> category();
      case 'P' -> category().complement();
      default -> {
        if (Character.isLetterOrDigit(escape)) {
          throw parser.refused("the escape \\" + Character.toString(escape));
        }
        yield CodePoints.of(escape);
      }
    };
  }

  private int unicode() {
    int unit = hex(4);
    if (Character.isHighSurrogate((char) unit) && parser.accept("\\u")) {
      int low = hex(4);
      if (Character.isLowSurrogate((char) low)) {
        return Character.toCodePoint((char) unit, (char) low);
      }
    }
    if (Character.isSurrogate((char) unit)) {
      throw parser.refused("half a surrogate pair");
    }
    return unit;
  }

  private int hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(parser.next(), 16);
      if (digit < 0) {
        throw parser.refused("an escape without " + digits + " hexadecimal digits");
      }
      value = 16 * value + digit;
    }
    return value;
  }

  private CodePoints category() {
    StringBuilder name = new StringBuilder();
    if (!parser.accept("{")) {
      throw parser.refused("a category that is not written \\p{...}");
    }
    while (!parser.accept("}")) {
      name.appendCodePoint(parser.next());
    }
    return CATEGORIES.computeIfAbsent(name.toString(), this::category);
  }

  private CodePoints category(String name) {
    int[] types =
        switch (name) {
          case "L", "Letter" ->
              types(
                  Character.UPPERCASE_LETTER,
                  Character.LOWERCASE_LETTER,
                  Character.TITLECASE_LETTER,
                  Character.MODIFIER_LETTER,
                  Character.OTHER_LETTER);
          case "Lu" -> types(Character.UPPERCASE_LETTER);
          case "Ll" -> types(Character.LOWERCASE_LETTER);
          case "N" ->
              types(
                  Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER);
          case "Nd" -> types(Character.DECIMAL_DIGIT_NUMBER);
          case "P" ->
              types(
                  Character.DASH_PUNCTUATION,
                  Character.START_PUNCTUATION,
                  Character.END_PUNCTUATION,
                  Character.CONNECTOR_PUNCTUATION,
                  Character.OTHER_PUNCTUATION,
                  Character.INITIAL_QUOTE_PUNCTUATION,
                  Character.FINAL_QUOTE_PUNCTUATION);
          case "Zs" -> types(Character.SPACE_SEPARATOR);
          default ->
              throw parser.refused(
                  "the category " + name + ", allowed: L, Lu, Ll, N, Nd, P and Zs");
        };
    return CodePoints.where(codePoint -> {
      int type = Character.getType(codePoint);
      for (int wanted : types) {
        if (type == wanted) {
          return true;
        }
      }
      return false;
    });
  }

  private static int[] types(int... types) {
    return types;
  }
}
