package dev.dbrx4j.tokenizer.template;

import java.util.List;
import java.util.Map;

/// A chat template in the subset of Jinja that such templates are written in, under Hugging Face's
/// settings. What lies outside the subset is an error that names it, when the template is read or
/// when it is rendered.
///
/// The subset: `set`, `if`, `elif`, `else`, `for` with `loop`, `and`, `or`, `not`, comparisons,
/// `in`, `is defined` and `is none`, `+`, `-` and `%`, the filters `trim` and `length`, subscripts,
/// slices, attributes, literals, `raise_exception`.
public final class Template {
  /// A value that depends on variables.
  @FunctionalInterface
  interface Expression {
    Object evaluate(Scope scope);
  }

  /// A part of the template that prints or sets variables.
  @FunctionalInterface
  interface Statement {
    void execute(Scope scope, TracedText.Builder out);
  }

  private final List<Statement> body;

  private Template(List<Statement> body) {
    this.body = body;
  }

  /// Reads a template.
  ///
  /// @param origin the file it came from, for errors
  /// @param text the template
  /// @return the template
  /// @throws dev.dbrx4j.tokenizer.TokenizerException if it uses something that is not supported
  public static Template parse(String origin, String text) {
    return new Template(Parser.parse(TemplateSource.of(origin, text)));
  }

  /// Renders the template.
  ///
  /// @param variables its variables: [TracedText], Boolean, Integer, and lists and maps of these
  /// @return what it prints
  /// @throws dev.dbrx4j.tokenizer.TokenizerException if it does something that is not supported
  public TracedText render(Map<String, ?> variables) {
    TracedText.Builder out = new TracedText.Builder();
    Scope scope = new Scope(variables);
    body.forEach(statement -> statement.execute(scope, out));
    return out.build();
  }
}
