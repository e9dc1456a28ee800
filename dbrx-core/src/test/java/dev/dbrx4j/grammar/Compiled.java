package dev.dbrx4j.grammar;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.dbrx4j.StructuredOutput.Kind;
import dev.dbrx4j.StructuredOutput.Whitespace;
import java.util.List;

/// Compiles grammars over any vocabulary, and runs them on texts.
final class Compiled {
  private Compiled() {}

  static TokenGrammar of(CommonGrammar common, Kind kind, String... texts) {
    return of(common, kind, Whitespace.COMPACT, texts);
  }

  static TokenGrammar of(CommonGrammar common, Kind kind, Whitespace whitespace, String... texts) {
    return new TokenGrammar(
        common, expressions -> Grammars.compile(kind, List.of(texts), whitespace, expressions));
  }

  /// Whether a text is what a grammar says, byte by byte and without tokens.
  static boolean matches(Kind kind, String grammar, String text) {
    Expressions expressions = new Expressions(null, bytes -> bytes.length);
    Expression state = Grammars.compile(kind, List.of(grammar), Whitespace.COMPACT, expressions);
    return matches(state, text, new Derivatives(expressions));
  }

  static boolean matches(Expression start, String text, Derivatives derivatives) {
    Expression state = start;
    for (byte each : text.getBytes(UTF_8)) {
      state = derivatives.next(state, each & 0xFF);
    }
    return state.accepts();
  }
}
