package dev.dbrx4j.grammar;

/// Characters as they stand in a JSON string: `"`, `\` and control characters escaped, others as
/// they are.
final class JsonCharacters implements CharacterText {
  private static final String ESCAPED = "\"\\\b\f\n\r\t";
  private static final String ESCAPES = "\"\\bfnrt";
  static final CodePoints PLAIN =
      CodePoints.range(0, 0x1F).or(CodePoints.of('"', '\\')).complement();
  private static final ByteSet DIGITS = ByteSet.range('0', '9');
  private static final ByteSet HEX = DIGITS.or(ByteSet.range('a', 'f')).or(ByteSet.range('A', 'F'));

  private final Expressions expressions;
  private final Utf8 utf8;

  JsonCharacters(Expressions expressions) {
    this.expressions = expressions;
    utf8 = new Utf8(expressions);
  }

  /// One character of a set, each in one way.
  @Override
  public Expression oneOf(CodePoints set) {
    Expression all = utf8.oneOf(set.and(PLAIN));
    CodePoints escaped = set.minus(PLAIN);
    for (int i = 0; i < escaped.ranges(); i++) {
      for (int each = escaped.first(i); each <= escaped.last(i); each++) {
        all = expressions.either(all, expressions.text(escape(each)));
      }
    }
    return all;
  }

  /// A character's only or shortest escape.
  private static String escape(int codePoint) {
    int known = ESCAPED.indexOf(codePoint);
    return known >= 0 ? "\\" + ESCAPES.charAt(known) : "\\u%04x".formatted(codePoint);
  }

  /// Any character in any way, but for surrogates by themselves.
  Expression any() {
    ByteSet escapes = ByteSet.of('/');
    for (int i = 0; i < ESCAPES.length(); i++) {
      escapes = escapes.or(ByteSet.of(ESCAPES.charAt(i)));
    }
    return expressions.either(
        utf8.oneOf(PLAIN),
        expressions.sequence(
            expressions.text("\\"),
            expressions.either(
                expressions.bytes(escapes), expressions.sequence(expressions.text("u"), unit()))));
  }

  /// Four hexadecimal digits that are no surrogate.
  private Expression unit() {
    Expression hex = expressions.bytes(HEX);
    ByteSet d = ByteSet.of('d').or(ByteSet.of('D'));
    ByteSet notD =
        DIGITS
            .or(ByteSet.range('a', 'c'))
            .or(ByteSet.range('A', 'C'))
            .or(ByteSet.range('e', 'f'))
            .or(ByteSet.range('E', 'F'));
    return expressions.either(
        expressions.sequence(expressions.bytes(notD), hex, hex, hex),
        expressions.sequence(
            expressions.bytes(d), expressions.bytes(ByteSet.range('0', '7')), hex, hex));
  }
}
