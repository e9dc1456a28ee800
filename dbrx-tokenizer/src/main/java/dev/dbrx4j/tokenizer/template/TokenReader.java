package dev.dbrx4j.tokenizer.template;

import dev.dbrx4j.tokenizer.TokenizerException;
import dev.dbrx4j.tokenizer.template.Token.Kind;
import java.util.List;

/// A template's tokens, read from the first to the last.
final class TokenReader {
  private final TemplateSource source;
  private final List<Token> tokens;
  private int next;

  TokenReader(TemplateSource source) {
    this.source = source;
    this.tokens = Lexer.tokens(source);
  }

  Token peek() {
    return tokens.get(next);
  }

  /// The token after the next one.
  Token second() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = peek();
    next = Math.min(next + 1, tokens.size() - 1);
    return token;
  }

  /// Skips a certain symbol or name if it is next, and says whether it was.
  boolean skip(String symbolOrName) {
    boolean found = peek().is(symbolOrName);
    if (found) {
      next();
    }
    return found;
  }

  void expect(String symbolOrName) {
    if (!skip(symbolOrName)) {
      throw unexpected("'" + symbolOrName + "'");
    }
  }

  Token expect(Kind kind) {
    if (peek().kind() != kind) {
      throw unexpected(kind == Kind.NAME ? "a name" : "the end of the template");
    }
    return next();
  }

  TokenizerException unexpected(String expected) {
    return source.error(
        "'" + peek().text() + "' is not supported here; expected " + expected, peek().offset());
  }
}
