package dev.dbrx4j;

import dev.dbrx4j.grammar.Grammars;
import java.util.List;
import java.util.Objects;

/// What the generated text must be: JSON that keeps to a schema, a match of a regular expression,
/// one of several texts, or a sentence of a grammar. At each step only tokens are allowed from
/// which such a text can still come; the end comes when it is complete.
///
/// ```java
/// GenerationOptions.builder().structuredOutput(StructuredOutput.choice("yes", "no")).build();
/// ```
///
/// What it may contain is checked when it is made: an [InvalidRequestException] names the part that
/// is malformed, not supported, or that no text satisfies.
///
/// @param kind what the content is
/// @param content the schema, the pattern, the grammar, or the texts to choose from
/// @param whitespace what is between the tokens of JSON
/// @param lengthLimit what happens when the text grows up to the length limit
public record StructuredOutput(
    Kind kind, List<String> content, Whitespace whitespace, LengthLimit lengthLimit) {
  /// Ways to say what a text must be.
  public enum Kind {
    /// A JSON schema; one content.
    JSON_SCHEMA,
    /// A regular expression for the whole text; one content.
    REGEX,
    /// One of the contents.
    CHOICE,
    /// A context-free grammar in the notation of llama.cpp (GBNF) with a rule `root`; one content.
    GRAMMAR
  }

  /// White space in JSON.
  public enum Whitespace {
    /// None.
    COMPACT,
    /// Up to 16 blanks, tabs and line breaks wherever JSON allows them, as the model likes.
    FLEXIBLE
  }

  /// What happens at the length limit.
  public enum LengthLimit {
    /// In time only such tokens are allowed that the text can still be completed: strings are
    /// closed, optional parts left out. The text is complete even if the limit is reached.
    CLOSE,
    /// The text is cut off; [FinishReason#LENGTH] or [FinishReason#CONTEXT] says so.
    CUT
  }

  /// Checks the content.
  public StructuredOutput {
    content = List.copyOf(content);
    Objects.requireNonNull(whitespace);
    Objects.requireNonNull(lengthLimit);
    if (content.isEmpty() || (kind != Kind.CHOICE && content.size() > 1)) {
      throw new InvalidRequestException(
          "structured output %s with %d texts, allowed: %s"
              .formatted(kind, content.size(), kind == Kind.CHOICE ? "1 or more" : "1"));
    }
    Grammars.check(kind, content, whitespace);
  }

  private static StructuredOutput of(Kind kind, List<String> content) {
    return new StructuredOutput(kind, content, Whitespace.COMPACT, LengthLimit.CLOSE);
  }

  /// {@return JSON of any form}
  public static StructuredOutput json() {
    return jsonSchema("{}");
  }

  /// {@return JSON that keeps to a schema}
  ///
  /// Properties come in the schema's order. What a schema merely permits without describing it is
  /// left out: additional properties come only where `additionalProperties` is written.
  ///
  /// @param schema a JSON schema
  public static StructuredOutput jsonSchema(String schema) {
    return of(Kind.JSON_SCHEMA, List.of(schema));
  }

  /// {@return JSON of a record: its components in their order, of which only those of type
  /// [java.util.Optional] may be missing}
  ///
  /// @param record of strings, numbers, booleans, enums, dates, UUIDs, URIs, records, and
  ///   collections, arrays, Optionals and maps by strings of these
  public static StructuredOutput json(Class<?> record) {
    return jsonSchema(RecordSchema.of(record));
  }

  /// {@return text that a regular expression matches from beginning to end}
  ///
  /// @param pattern in the syntax that Java and JavaScript share; no look-around, no back
  ///   references
  public static StructuredOutput regex(String pattern) {
    return of(Kind.REGEX, List.of(pattern));
  }

  /// {@return one of several texts}
  ///
  /// @param texts at least one
  public static StructuredOutput choice(String... texts) {
    return of(Kind.CHOICE, List.of(texts));
  }

  /// {@return a sentence of a context-free grammar}
  ///
  /// @param grammar rules `name ::= ...`, of which `root` is the beginning
  public static StructuredOutput grammar(String grammar) {
    return of(Kind.GRAMMAR, List.of(grammar));
  }

  /// {@return the same with other white space in JSON}
  ///
  /// @param space [Whitespace#COMPACT] unless set
  public StructuredOutput withWhitespace(Whitespace space) {
    return new StructuredOutput(kind, content, space, lengthLimit);
  }

  /// {@return the same with another behaviour at the length limit}
  ///
  /// @param limit [LengthLimit#CLOSE] unless set
  public StructuredOutput withLengthLimit(LengthLimit limit) {
    return new StructuredOutput(kind, content, whitespace, limit);
  }
}
