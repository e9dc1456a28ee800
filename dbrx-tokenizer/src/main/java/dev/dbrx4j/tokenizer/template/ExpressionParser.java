package dev.dbrx4j.tokenizer.template;

import dev.dbrx4j.tokenizer.TokenizerException;
import dev.dbrx4j.tokenizer.template.Template.Expression;
import dev.dbrx4j.tokenizer.template.Token.Kind;
import dev.dbrx4j.tokenizer.template.Values.None;
import dev.dbrx4j.tokenizer.template.Values.Undefined;

/// Reads expressions, each method one level of Jinja's precedence, the loosest first.
final class ExpressionParser {
  private final TokenReader tokens;

  ExpressionParser(TokenReader tokens) {
    this.tokens = tokens;
  }

  Expression expression() {
    Expression left = and();
    while (tokens.skip("or")) {
      Expression first = left;
      Expression second = and();
      left =
          scope -> {
            Object value = first.evaluate(scope);
            return Values.truth(value) ? value : second.evaluate(scope);
          };
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (tokens.skip("and")) {
      Expression first = left;
      Expression second = not();
      left =
          scope -> {
            Object value = first.evaluate(scope);
            return Values.truth(value) ? second.evaluate(scope) : value;
          };
    }
    return left;
  }

  private Expression not() {
    if (tokens.skip("not")) {
      Expression negated = not();
      return scope -> !Values.truth(negated.evaluate(scope));
    }
    return comparison();
  }

  private Expression comparison() {
    Expression a = sum();
    String operator = tokens.peek().text();
    if (tokens.skip("not")) {
      tokens.expect("in");
      Expression b = sum();
      return scope -> !Values.contains(b.evaluate(scope), a.evaluate(scope));
    }
    if (!(tokens.skip("==")
        || tokens.skip("!=")
        || tokens.skip("<")
        || tokens.skip("<=")
        || tokens.skip(">")
        || tokens.skip(">=")
        || tokens.skip("in"))) {
      return a;
    }
    Expression b = sum();
    return switch (operator) {
      case "==" -> scope -> Values.equal(a.evaluate(scope), b.evaluate(scope));
      case "!=" -> scope -> !Values.equal(a.evaluate(scope), b.evaluate(scope));
      case "<" -> scope -> Values.less(a.evaluate(scope), b.evaluate(scope));
      case ">=" -> scope -> !Values.less(a.evaluate(scope), b.evaluate(scope));
      case ">" -> scope -> Values.less(b.evaluate(scope), a.evaluate(scope));
      case "<=" -> scope -> !Values.less(b.evaluate(scope), a.evaluate(scope));
      default -> scope -> Values.contains(b.evaluate(scope), a.evaluate(scope));
    };
  }

  private Expression sum() {
    Expression left = remainder();
    while (tokens.peek().is("+") || tokens.peek().is("-")) {
      boolean plus = tokens.next().is("+");
      Expression a = left;
      Expression b = remainder();
      left =
          plus
              ? scope -> Values.plus(a.evaluate(scope), b.evaluate(scope))
              : scope ->
                  Math.subtractExact(
                      Values.integer(a.evaluate(scope)), Values.integer(b.evaluate(scope)));
    }
    return left;
  }

  private Expression remainder() {
    Expression left = unary();
    while (tokens.skip("%")) {
      Expression a = left;
      Expression b = unary();
      left = scope -> Values.remainder(a.evaluate(scope), b.evaluate(scope));
    }
    return left;
  }

  private Expression unary() {
    if (tokens.skip("-")) {
      Expression negated = unary();
      return scope -> Math.negateExact(Values.integer(negated.evaluate(scope)));
    }
    Expression value = primary();
    while (true) {
      if (tokens.skip("[")) {
        value = subscript(value);
      } else if (tokens.skip(".")) {
        value = item(value, TracedText.literal(tokens.expect(Kind.NAME).text()));
      } else if (tokens.skip("|")) {
        value = filter(value);
      } else if (tokens.skip("is")) {
        value = test(value);
      } else {
        return value;
      }
    }
  }

  private static Expression item(Expression container, Object key) {
    return scope -> Values.item(container.evaluate(scope), key);
  }

  private Expression subscript(Expression container) {
    Expression from = tokens.peek().is(":") ? scope -> 0 : expression();
    if (!tokens.skip(":")) {
      tokens.expect("]");
      return scope -> Values.item(container.evaluate(scope), from.evaluate(scope));
    }
    Expression to = tokens.peek().is("]") ? scope -> Integer.MAX_VALUE : expression();
    tokens.expect("]");
    return scope ->
        Values.slice(
            container.evaluate(scope),
            Values.integer(from.evaluate(scope)),
            Values.integer(to.evaluate(scope)));
  }

  private Expression filter(Expression value) {
    if (!tokens.peek().is("trim") && !tokens.peek().is("length")) {
      throw tokens.unexpected("the filter trim or length");
    }
    String name = tokens.next().text();
    return scope -> Values.filter(name, value.evaluate(scope));
  }

  private Expression test(Expression value) {
    boolean negated = tokens.skip("not");
    if (tokens.skip("defined")) {
      return scope -> value.evaluate(scope) instanceof Undefined == negated;
    }
    if (tokens.skip("none")) {
      return scope -> (value.evaluate(scope) instanceof None) != negated;
    }
    throw tokens.unexpected("defined or none");
  }

  private Expression primary() {
    if (tokens.skip("(")) {
      Expression inner = expression();
      tokens.expect(")");
      return inner;
    }
    Token token = tokens.peek();
    Expression value =
        switch (token.kind()) {
          case STRING -> constant(TracedText.literal(token.text()));
          case INTEGER -> constant(integer(token.text()));
          case NAME -> named(token.text());
          default -> throw tokens.unexpected("a value");
        };
    tokens.next();
    return token.is("raise_exception") ? raise() : value;
  }

  private int integer(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw tokens.unexpected("a number below 2147483648");
    }
  }

  private static Expression constant(Object value) {
    return scope -> value;
  }

  private static Expression named(String name) {
    return switch (name) {
      case "true", "True" -> constant(true);
      case "false", "False" -> constant(false);
      case "none", "None" -> constant(None.NONE);
      default -> scope -> scope.get(name);
    };
  }

  /// The template's own way to refuse a conversation.
  private Expression raise() {
    tokens.expect("(");
    Expression message = expression();
    tokens.expect(")");
    return scope -> {
      throw new TokenizerException(
          "the chat template refuses the conversation: "
              + Values.printed(message.evaluate(scope)).text());
    };
  }
}
