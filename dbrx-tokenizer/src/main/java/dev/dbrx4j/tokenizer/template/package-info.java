/// Chat templates: a small interpreter of the Jinja that they are written in.
///
/// `Lexer` cuts a template into tokens, `Parser` and `ExpressionParser` make functions of them,
/// `Values` says what operators do. What a template prints is [TracedText], which tells the
/// template's own words from those of the messages.
package dev.dbrx4j.tokenizer.template;
