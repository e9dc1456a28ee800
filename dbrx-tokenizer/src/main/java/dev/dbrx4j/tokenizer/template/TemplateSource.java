package dev.dbrx4j.tokenizer.template;

import dev.dbrx4j.tokenizer.TokenizerException;

/// The text of a template and where it came from, so that errors can say where they are.
///
/// @param origin the file or other source
/// @param text the template, its lines ending in newlines
record TemplateSource(String origin, String text) {
  /// A source with any line ends; as in Jinja, a newline at the very end is no part of it.
  static TemplateSource of(String origin, String text) {
    String unix = text.replace("\r\n", "\n").replace('\r', '\n');
    return new TemplateSource(
        origin, unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix);
  }

  /// An error at an offset of the text.
  TokenizerException error(String what, int offset) {
    long line = 1 + text.chars().limit(offset).filter(c -> c == '\n').count();
    return new TokenizerException(
        "the chat template of "
            + origin
            + " cannot be rendered exactly: line "
            + line
            + ": "
            + what);
  }
}
