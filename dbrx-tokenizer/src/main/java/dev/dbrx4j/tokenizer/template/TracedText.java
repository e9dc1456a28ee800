package dev.dbrx4j.tokenizer.template;

import java.util.BitSet;

/// A text that knows which of its characters the template itself wrote. The others come from
/// messages, and must not become control tokens.
///
/// @param text the characters
/// @param literal the indices of those that the template wrote
public record TracedText(String text, BitSet literal) {
  /// Text from outside the template.
  ///
  /// @param text the characters
  /// @return the text, none of it literal
  public static TracedText data(String text) {
    return new TracedText(text, new BitSet());
  }

  /// Text that the template wrote.
  ///
  /// @param text the characters
  /// @return the text, all of it literal
  public static TracedText literal(String text) {
    BitSet all = new BitSet(text.length());
    all.set(0, text.length());
    return new TracedText(text, all);
  }

  /// Whether the template wrote all characters of a range.
  ///
  /// @param from the first
  /// @param to the one after the last
  /// @return whether all are literal
  public boolean isLiteral(int from, int to) {
    return literal.nextClearBit(from) >= to;
  }

  TracedText plus(TracedText other) {
    Builder both = new Builder();
    both.append(this);
    both.append(other);
    return both.build();
  }

  /// Without white space at its ends, as Python's `strip` has it.
  TracedText trim() {
    int from = 0;
    int to = text.length();
    while (from < to && isPythonSpace(text.charAt(from))) {
      from++;
    }
    while (from < to && isPythonSpace(text.charAt(to - 1))) {
      to--;
    }
    return new TracedText(text.substring(from, to), literal.get(from, to));
  }

  static boolean isPythonSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  /// Collects what a template prints.
  static final class Builder {
    private final StringBuilder text = new StringBuilder();
    private final BitSet literal = new BitSet();

    void append(TracedText more) {
      int start = text.length();
      text.append(more.text);
      for (int from = more.literal.nextSetBit(0); from >= 0; ) {
        int to = more.literal.nextClearBit(from);
        literal.set(start + from, start + to);
        from = more.literal.nextSetBit(to);
      }
    }

    TracedText build() {
      return new TracedText(text.toString(), literal);
    }
  }
}
