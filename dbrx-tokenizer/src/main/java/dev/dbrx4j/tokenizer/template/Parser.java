package dev.dbrx4j.tokenizer.template;

import dev.dbrx4j.tokenizer.template.Template.Expression;
import dev.dbrx4j.tokenizer.template.Template.Statement;
import dev.dbrx4j.tokenizer.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads statements; what stands in them is read by [ExpressionParser].
final class Parser {
  private final TemplateSource source;
  private final TokenReader tokens;
  private final ExpressionParser expressions;

  private Parser(TemplateSource source) {
    this.source = source;
    this.tokens = new TokenReader(source);
    this.expressions = new ExpressionParser(tokens);
  }

  static List<Statement> parse(TemplateSource source) {
    Parser parser = new Parser(source);
    List<Statement> body = parser.body();
    parser.tokens.expect(Kind.END);
    return body;
  }

  /// Statements up to the end or to a block that belongs to the one around, such as `endif`.
  private List<Statement> body() {
    List<Statement> body = new ArrayList<>();
    while (!atEndOfBody()) {
      int offset = tokens.peek().offset();
      body.add(located(statement(), offset));
    }
    return body;
  }

  private boolean atEndOfBody() {
    return tokens.peek().kind() == Kind.END
        || (tokens.peek().is("{%") && tokens.second().text().matches("end(if|for)|el(if|se)"));
  }

  /// Gives the errors of a statement their place.
  private Statement located(Statement statement, int offset) {
    return (scope, out) -> {
      try {
        statement.execute(scope, out);
      } catch (Values.Unsupported e) {
        throw source.error(e.what() + " is not supported", offset);
      }
    };
  }

  private Statement statement() {
    if (tokens.peek().kind() == Kind.DATA) {
      TracedText text = TracedText.literal(tokens.next().text());
      return (scope, out) -> out.append(text);
    }
    if (tokens.skip("{{")) {
      Expression value = expressions.expression();
      tokens.expect("}}");
      return (scope, out) -> out.append(Values.printed(value.evaluate(scope)));
    }
    tokens.expect("{%");
    Token name = tokens.next();
    return switch (name.text()) {
      case "set" -> set();
      case "if" -> condition();
      case "for" -> loop();
      default ->
          throw source.error("the block '" + name.text() + "' is not supported", name.offset());
    };
  }

  private Statement set() {
    String name = tokens.expect(Kind.NAME).text();
    tokens.expect("=");
    Expression value = expressions.expression();
    tokens.expect("%}");
    return (scope, out) -> scope.set(name, value.evaluate(scope));
  }

  /// After `if` or `elif`.
  private Statement condition() {
    Expression condition = expressions.expression();
    tokens.expect("%}");
    List<Statement> then = body();
    List<Statement> otherwise = otherwise();
    return (scope, out) ->
        (Values.truth(condition.evaluate(scope)) ? then : otherwise)
            .forEach(statement -> statement.execute(scope, out));
  }

  private List<Statement> otherwise() {
    tokens.expect("{%");
    if (tokens.skip("elif")) {
      return List.of(condition());
    }
    List<Statement> otherwise = List.of();
    if (tokens.skip("else")) {
      tokens.expect("%}");
      otherwise = body();
      tokens.expect("{%");
    }
    tokens.expect("endif");
    tokens.expect("%}");
    return otherwise;
  }

  private Statement loop() {
    String name = tokens.expect(Kind.NAME).text();
    tokens.expect("in");
    Expression items = expressions.expression();
    tokens.expect("%}");
    List<Statement> body = body();
    tokens.expect("{%");
    tokens.expect("endfor");
    tokens.expect("%}");
    return (scope, out) -> {
      List<?> list = Values.list(items.evaluate(scope));
      for (int i = 0; i < list.size(); i++) {
        Scope turn = new Scope(scope);
        turn.set(name, list.get(i));
        turn.set("loop", position(i, list.size()));
        body.forEach(statement -> statement.execute(turn, out));
      }
    };
  }

  private static Map<String, Object> position(int index, int size) {
    return Map.of(
        "index0",
        index,
        "index",
        index + 1,
        "first",
        index == 0,
        "last",
        index == size - 1,
        "length",
        size);
  }
}
