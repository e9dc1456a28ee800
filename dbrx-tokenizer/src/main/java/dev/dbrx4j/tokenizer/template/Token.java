package dev.dbrx4j.tokenizer.template;

/// A word of a template.
///
/// @param kind what it is
/// @param text its characters; a string's without quotes and escapes
/// @param offset where in the source it begins
record Token(Kind kind, String text, int offset) {
  enum Kind {
    /// Text outside all tags.
    DATA,
    NAME,
    STRING,
    INTEGER,
    /// Punctuation, and the tags' own brackets.
    SYMBOL,
    END
  }

  boolean is(String symbolOrName) {
    return (kind == Kind.SYMBOL || kind == Kind.NAME) && text.equals(symbolOrName);
  }
}
